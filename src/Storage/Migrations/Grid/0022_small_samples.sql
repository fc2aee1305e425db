-- What is asked of these tables goes by key or in an index's order, whatever they hold (ADR 0013). Statistics of them are wanted for
-- their size alone, and those of the usual 30,000 rows, bodies included, took half a core for a second, every time a table had grown by a tenth.
DO $$
DECLARE c record;
BEGIN
  FOR c IN SELECT a.attrelid::regclass AS "table", a.attname AS name, a.atttypid = 'bytea'::regtype AS is_opaque
             FROM pg_attribute a
            WHERE a.attrelid IN ('grid.grain_state'::regclass, 'grid.event_log'::regclass, 'grid.outbox'::regclass, 'grid.webhook_inbox'::regclass,
                                 'grid.vendor_reference'::regclass, 'grid.vendor_object'::regclass)
              AND a.attnum > 0 AND NOT a.attisdropped LOOP
    EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', c."table", c.name, CASE WHEN c.is_opaque THEN 0 ELSE 10 END);
  END LOOP;
END $$;
