-- Which logs there are, for a verification of them all: an auditor reads one tenant at a time, and may know the names of the others, no more.
-- Everything that speaks of a log counts, so that one whose heads or rows were removed is still named.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_log', 'log_head', 'tile', 'epoch', 'checkpoint'] LOOP
    EXECUTE format('CREATE POLICY owner_names ON audit.%I FOR SELECT TO grid_audit_owner USING (true)', name);
  END LOOP;
END $$;

-- From one log to the next by index: a step for each log, not for each row.
CREATE FUNCTION audit.logs() RETURNS TABLE (tenant_id text, epoch int)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET enable_sort = off SET enable_bitmapscan = off AS $$
#variable_conflict use_column
DECLARE
  steps text := '';
  name  text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_log', 'log_head', 'tile', 'epoch', 'checkpoint'] LOOP
    steps := steps || format($sql$
      %s (WITH RECURSIVE log AS (
        (SELECT tenant_id, epoch FROM audit.%2$I ORDER BY tenant_id, epoch LIMIT 1)
        UNION ALL
        SELECT next.tenant_id, next.epoch FROM log CROSS JOIN LATERAL (
          SELECT t.tenant_id, t.epoch FROM audit.%2$I t WHERE (t.tenant_id, t.epoch) > (log.tenant_id, log.epoch)
           ORDER BY t.tenant_id, t.epoch LIMIT 1) next)
      SELECT tenant_id, epoch FROM log)
      $sql$, CASE WHEN steps = '' THEN '' ELSE 'UNION' END, name);
  END LOOP;
  RETURN QUERY EXECUTE steps || ' UNION SELECT e.tenant_id, before FROM audit.epoch e, generate_series(0, e.epoch - 1) before';
END $$;
REVOKE ALL ON FUNCTION audit.logs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.logs() TO grid_auditor;
