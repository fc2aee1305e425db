-- Every act, appended and never changed: who may write cannot update or delete, and a trigger refuses it to the owner too.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA audit TO grid_audit_writer, grid_auditor;

CREATE TABLE audit.audit_log (
  id          uuid        NOT NULL,
  timestamp   timestamptz NOT NULL,              -- the caller's time of the act
  tenant_id   text        NOT NULL,
  user_id     text        NOT NULL,
  user_role   text        NOT NULL,
  action      text        NOT NULL,
  resource    text        NOT NULL,
  resource_id text,
  ip_address  text,
  user_agent  text,
  request_id  text,
  details     json,                              -- json keeps the text as written; jsonb would not
  result      text        NOT NULL CHECK (result IN ('SUCCESS', 'FAILURE')),
  error_code  text,
  duration    int         NOT NULL,              -- milliseconds
  created_at  timestamptz NOT NULL,              -- the append time, never falling within a log
  PRIMARY KEY (created_at, id)                   -- PostgreSQL needs the partition column in it
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_audit_id ON audit.audit_log (id);   -- the key does not stop a repeat under another created_at: ids are looked up
CREATE INDEX idx_audit_tenant ON audit.audit_log (tenant_id, created_at DESC);
CREATE INDEX idx_audit_user ON audit.audit_log (user_id, created_at DESC);
CREATE INDEX idx_audit_resource ON audit.audit_log (resource, resource_id);
CREATE INDEX idx_audit_action ON audit.audit_log (action, result);

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.audit_log
  FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();

-- COPY FROM is refused to whom row-level security applies, so the writer copies into the month's partition, which has none;
-- nobody else has a privilege there. Readers go through the parent.
ALTER TABLE audit.audit_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit.audit_log FORCE ROW LEVEL SECURITY;
CREATE POLICY writer_appends ON audit.audit_log FOR INSERT TO grid_audit_writer WITH CHECK (true);
CREATE POLICY writer_reads ON audit.audit_log FOR SELECT TO grid_audit_writer USING (true);
CREATE POLICY auditor ON audit.audit_log FOR SELECT TO grid_auditor
  USING (tenant_id = nullif(current_setting('app.tenant_id', true), ''));
GRANT INSERT, SELECT ON audit.audit_log TO grid_audit_writer;
GRANT SELECT ON audit.audit_log TO grid_auditor;

-- The partition of an instant, made when it is missing. SECURITY DEFINER: the writer has no DDL.
CREATE FUNCTION audit.ensure_partition(at timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  first date := date_trunc('month', at AT TIME ZONE 'UTC')::date;
  next  date := (date_trunc('month', at AT TIME ZONE 'UTC') + interval '1 month')::date;
  name  text := 'audit_log_' || to_char(first, 'YYYY_MM');
BEGIN
  IF at < '2020-01-01' OR at > now() + interval '2 years' THEN
    RAISE EXCEPTION 'no partition is made for %', at USING ERRCODE = 'datetime_field_overflow';
  END IF;
  IF to_regclass(format('audit.%I', name)) IS NULL THEN
    PERFORM pg_advisory_xact_lock(1735550319, 0);
    IF to_regclass(format('audit.%I', name)) IS NULL THEN
      -- Made apart and attached: CREATE TABLE .. PARTITION OF would lock out every writer of the parent.
      EXECUTE format('CREATE TABLE audit.%I (LIKE audit.audit_log INCLUDING CONSTRAINTS)', name);
      EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.%I '
                     'FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name);
      EXECUTE format('GRANT INSERT ON audit.%I TO grid_audit_writer', name);
      EXECUTE format('ALTER TABLE audit.audit_log ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
                     name, first::timestamp AT TIME ZONE 'UTC', next::timestamp AT TIME ZONE 'UTC');
    END IF;
  END IF;
  RETURN format('audit.%I', name);
END $$;

-- This month's partition and those of the months after it, made ahead of need.
CREATE FUNCTION audit.ensure_partitions(months int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF months NOT BETWEEN 0 AND 23 THEN RAISE EXCEPTION 'months ahead: 0 to 23' USING ERRCODE = 'invalid_parameter_value'; END IF;
  FOR ahead IN 0 .. months LOOP
    PERFORM audit.ensure_partition(now() + make_interval(months => ahead));
  END LOOP;
END $$;

REVOKE ALL ON FUNCTION audit.refuse_change(), audit.ensure_partition(timestamptz), audit.ensure_partitions(int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.ensure_partition(timestamptz), audit.ensure_partitions(int) TO grid_audit_writer;
SELECT audit.ensure_partitions(2);
