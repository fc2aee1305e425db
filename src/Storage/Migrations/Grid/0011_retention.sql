-- Rows that have served go by age. Nobody is granted DELETE for it: who sweeps may call these functions, which see nothing but
-- rows that are closed (their owner's policies say so, and row-level security is forced on the owner too), take none younger than
-- a day whatever they are asked, and a bounded batch a call. What is open, leased or parked they cannot reach.

CREATE POLICY retention_reads ON grid.event_log FOR SELECT TO grid_owner USING (closed_at IS NOT NULL);
CREATE POLICY retention_removes ON grid.event_log FOR DELETE TO grid_owner USING (closed_at IS NOT NULL);
CREATE POLICY retention_reads ON grid.webhook_inbox FOR SELECT TO grid_owner USING (state IN (1, 2));  -- done, ignored
CREATE POLICY retention_removes ON grid.webhook_inbox FOR DELETE TO grid_owner USING (state IN (1, 2));
CREATE POLICY retention_reads ON grid.webhook_conflict FOR SELECT TO grid_owner USING (true);           -- nothing is ever done with one
CREATE POLICY retention_removes ON grid.webhook_conflict FOR DELETE TO grid_owner USING (true);
CREATE POLICY retention_reads ON grid.parked_event FOR SELECT TO grid_owner USING (replayed_at IS NOT NULL);
CREATE POLICY retention_removes ON grid.parked_event FOR DELETE TO grid_owner USING (replayed_at IS NOT NULL);

-- Never used: rows of the log are closed, parked ones are marked as replayed.
REVOKE DELETE ON grid.event_log, grid.parked_event FROM grid_silo;

CREATE FUNCTION grid.check_removal(before timestamptz, batch int) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF before IS NULL OR before > clock_timestamp() - interval '1 day' THEN
    RAISE EXCEPTION 'nothing younger than a day is removed' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF batch IS NULL OR batch NOT BETWEEN 1 AND 5000 THEN
    RAISE EXCEPTION 'a batch has 1 to 5000 rows' USING ERRCODE = 'invalid_parameter_value';
  END IF;
END $$;

-- The log and the inbox are walked by their key, from "after" on, one window a call: both keys grow with time, so the walk ends at
-- the first row that came in after "before", and needs no index that every write would pay for.
-- A custom plan, because a general one takes the window for a tenth of the table. next: where the following window begins; null: that was the last one.

CREATE FUNCTION grid.remove_closed_events(after bigint, before timestamptz, batch int, in_queue int, OUT removed int, OUT next bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM grid.check_removal(before, batch);
  WITH windowed AS MATERIALIZED (
    SELECT position, appended_at, closed_at FROM grid.event_log l
     WHERE l.queue = in_queue AND l.position > after AND l.closed_at IS NOT NULL
     ORDER BY l.queue, l.position LIMIT batch),
  gone AS (
    DELETE FROM grid.event_log l USING windowed w
     WHERE l.queue = in_queue AND l.position = w.position AND w.closed_at < before
    RETURNING 1)
  SELECT (SELECT count(*) FROM gone), CASE WHEN count(*) = batch AND max(appended_at) < before THEN max(position) END
    INTO removed, next FROM windowed;
END $$;

CREATE FUNCTION grid.remove_done_webhooks(after bigint, before timestamptz, batch int, OUT removed int, OUT next bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM grid.check_removal(before, batch);
  WITH windowed AS MATERIALIZED (
    SELECT id, received_at, closed_at FROM grid.webhook_inbox i
     WHERE i.id > after AND i.state IN (1, 2)
     ORDER BY i.id LIMIT batch),
  gone AS (
    DELETE FROM grid.webhook_inbox i USING windowed w WHERE i.id = w.id AND w.closed_at < before
    RETURNING 1)
  SELECT (SELECT count(*) FROM gone), CASE WHEN count(*) = batch AND max(received_at) < before THEN max(id) END
    INTO removed, next FROM windowed;
END $$;

-- Rare rows without an order of their own: each call looks for a batch of what is old enough.

CREATE FUNCTION grid.remove_webhook_conflicts(after bigint, before timestamptz, batch int, OUT removed int, OUT next bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM grid.check_removal(before, batch);
  DELETE FROM grid.webhook_conflict c USING (
      SELECT connection_id, event_id, body_hash FROM grid.webhook_conflict WHERE received_at < before LIMIT batch) old
   WHERE c.connection_id = old.connection_id AND c.event_id = old.event_id AND c.body_hash = old.body_hash;
  GET DIAGNOSTICS removed = ROW_COUNT;
  next := CASE WHEN removed = batch THEN after END;
END $$;

CREATE FUNCTION grid.remove_replayed_events(after bigint, before timestamptz, batch int, OUT removed int, OUT next bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM grid.check_removal(before, batch);
  DELETE FROM grid.parked_event p USING (
      SELECT id FROM grid.parked_event WHERE replayed_at < before LIMIT batch) old
   WHERE p.id = old.id;
  GET DIAGNOSTICS removed = ROW_COUNT;
  next := CASE WHEN removed = batch THEN after END;
END $$;

REVOKE ALL ON FUNCTION
  grid.check_removal(timestamptz, int), grid.remove_closed_events(bigint, timestamptz, int, int),
  grid.remove_done_webhooks(bigint, timestamptz, int), grid.remove_webhook_conflicts(bigint, timestamptz, int),
  grid.remove_replayed_events(bigint, timestamptz, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  grid.remove_closed_events(bigint, timestamptz, int, int), grid.remove_done_webhooks(bigint, timestamptz, int),
  grid.remove_webhook_conflicts(bigint, timestamptz, int), grid.remove_replayed_events(bigint, timestamptz, int) TO grid_sweeper;
