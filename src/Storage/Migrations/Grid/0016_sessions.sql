-- The ends of sessions, numbered without a gap: whoever has read up to a number has missed none before it. Every Api process reads
-- them, so that a session that was killed is refused at once wherever it comes.
CREATE TABLE grid.session_feed (
  only_row    boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  next_number bigint  NOT NULL DEFAULT 1
);
INSERT INTO grid.session_feed DEFAULT VALUES;
ALTER TABLE grid.session_feed SET (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- The number is taken from the counter row as the ending transaction's last statement: a later number is committed later.
CREATE TABLE grid.session_end (
  number     bigint      PRIMARY KEY,
  tenant_id  text        NOT NULL,
  session_id uuid        NOT NULL,
  ended_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE grid.session_end ENABLE ROW LEVEL SECURITY;
ALTER TABLE grid.session_end FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON grid.session_end FOR INSERT TO grid_silo WITH CHECK (tenant_id = ANY ((SELECT grid.tenants_in_scope())::text[]));
GRANT INSERT ON grid.session_end TO grid_silo;
GRANT SELECT, UPDATE ON grid.session_feed TO grid_silo;

-- The front door reads all tenants' rows, but for the tenant. What is left says nothing: random ids that open nothing any more, and
-- when each ceased to. Whose they were stands in the sessions' sealed states alone.
CREATE POLICY reader ON grid.session_end FOR SELECT TO grid_api USING (true);
GRANT SELECT (number, session_id, ended_at) ON grid.session_end TO grid_api;

-- Served rows go by age, as in 0011: from the first on, never one behind a younger one, and the last of the old ones stays. A reader
-- that begins anew thus finds an older row than those that it needs, or number 1, and knows that none is missing.
CREATE POLICY retention_reads ON grid.session_end FOR SELECT TO grid_owner USING (true);
CREATE POLICY retention_removes ON grid.session_end FOR DELETE TO grid_owner USING (true);

CREATE FUNCTION grid.remove_session_ends(after bigint, before timestamptz, batch int, OUT removed int, OUT next bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM grid.check_removal(before, batch);
  WITH windowed AS MATERIALIZED (
    SELECT number, ended_at FROM grid.session_end e WHERE e.number > after ORDER BY e.number LIMIT batch),
  old AS MATERIALIZED (
    SELECT number FROM windowed
     WHERE number < coalesce((SELECT min(number) FROM windowed WHERE ended_at >= before), 9223372036854775807)),
  gone AS (
    DELETE FROM grid.session_end e USING old o WHERE e.number = o.number AND o.number < (SELECT max(number) FROM old)
    RETURNING 1)
  SELECT (SELECT count(*) FROM gone), CASE WHEN count(*) = batch AND batch > 1 THEN max(number) - 1 END INTO removed, next FROM old;
END $$;
REVOKE ALL ON FUNCTION grid.remove_session_ends(bigint, timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grid.remove_session_ends(bigint, timestamptz, int) TO grid_sweeper;
