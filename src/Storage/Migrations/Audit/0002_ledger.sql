-- The ledger: each tenant's log is an append-only Merkle tree (RFC 6962) over the exact bytes of audit_log.record.
-- What was written before it stays readable and takes nothing more.
DO $$
DECLARE part text;
BEGIN
  FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'audit.audit_log'::regclass LOOP
    EXECUTE format('REVOKE ALL ON audit.%I FROM grid_audit_writer', part);
    EXECUTE format('ALTER TABLE audit.%I RENAME TO %I', part, replace(part, 'audit_log_', 'audit_log_before_ledger_'));
  END LOOP;
END $$;
ALTER TABLE audit.audit_log RENAME TO audit_log_before_ledger;
ALTER TABLE audit.audit_log_before_ledger RENAME CONSTRAINT audit_log_pkey TO audit_log_before_ledger_pkey;
ALTER INDEX audit.idx_audit_id RENAME TO idx_before_ledger_id;
ALTER INDEX audit.idx_audit_tenant RENAME TO idx_before_ledger_tenant;
ALTER INDEX audit.idx_audit_user RENAME TO idx_before_ledger_user;
ALTER INDEX audit.idx_audit_resource RENAME TO idx_before_ledger_resource;
ALTER INDEX audit.idx_audit_action RENAME TO idx_before_ledger_action;
REVOKE ALL ON audit.audit_log_before_ledger FROM grid_audit_writer;
DROP POLICY writer_appends ON audit.audit_log_before_ledger;
DROP POLICY writer_reads ON audit.audit_log_before_ledger;

CREATE FUNCTION audit.tenant_in_scope() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant_id', true), '');

CREATE TABLE audit.audit_log (
  id          uuid        NOT NULL,
  timestamp   timestamptz NOT NULL,              -- the caller's time of the act
  tenant_id   text        NOT NULL,
  epoch       int         NOT NULL,
  leaf_index  bigint      NOT NULL,              -- the place in the log (tenant_id, epoch), from 0
  user_id     text        NOT NULL,
  user_role   text        NOT NULL,
  action      text        NOT NULL,
  resource    text        NOT NULL,
  resource_id text,
  ip_address  text,
  user_agent  text,
  request_id  text,
  result      text        NOT NULL CHECK (result IN ('SUCCESS', 'FAILURE')),
  error_code  text,
  duration    int         NOT NULL,              -- milliseconds
  created_at  timestamptz NOT NULL,              -- the append time, never falling within a log
  record      bytea       NOT NULL,              -- RFC 8785 JSON, the leaf; the columns beside it are copies to search by
  PRIMARY KEY (tenant_id, created_at, id)        -- PostgreSQL needs the partition column in it; no two logs share a key
) PARTITION BY RANGE (created_at);
CREATE INDEX idx_audit_id ON audit.audit_log (id);   -- the key does not stop a repeat under another created_at: ids are looked up
CREATE INDEX idx_audit_leaf ON audit.audit_log (tenant_id, epoch, leaf_index);
CREATE INDEX idx_audit_user ON audit.audit_log (tenant_id, user_id, created_at DESC);
CREATE INDEX idx_audit_resource ON audit.audit_log (tenant_id, resource, resource_id, created_at DESC);
CREATE INDEX idx_audit_action ON audit.audit_log (tenant_id, action, created_at DESC);
CREATE INDEX idx_audit_failure ON audit.audit_log (tenant_id, created_at DESC) WHERE result = 'FAILURE';
CREATE INDEX idx_audit_request ON audit.audit_log (tenant_id, request_id) WHERE request_id IS NOT NULL;

-- One row for each append to a log. The second of two writers that append at the same size breaks the key, and loses its transaction.
CREATE TABLE audit.log_head (
  tenant_id  text        NOT NULL,
  epoch      int         NOT NULL,
  prev_size  bigint      NOT NULL CHECK (prev_size >= 0),
  size       bigint      NOT NULL CHECK (size > prev_size),
  root       bytea       NOT NULL CHECK (octet_length(root) = 32),
  frontier   bytea       NOT NULL CHECK (octet_length(frontier) % 32 = 0),   -- roots of the full subtrees, the largest first
  created_at timestamptz NOT NULL,
  CONSTRAINT log_head_key PRIMARY KEY (tenant_id, epoch, size),
  CONSTRAINT log_head_one_successor UNIQUE (tenant_id, epoch, prev_size)
);

-- Full tiles, C2SP tlog-tiles: 256 hashes of tree level 8 * level. The open tail of level n + 1 is the roots of the tiles of level n.
CREATE TABLE audit.tile (
  tenant_id  text   NOT NULL,
  epoch      int    NOT NULL,
  level      int    NOT NULL CHECK (level BETWEEN 0 AND 7),
  tile_index bigint NOT NULL CHECK (tile_index >= 0),
  root       bytea  NOT NULL CHECK (octet_length(root) = 32),
  hashes     bytea  NOT NULL CHECK (octet_length(hashes) = 8192),
  PRIMARY KEY (tenant_id, epoch, level, tile_index)
);
ALTER TABLE audit.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;   -- hashes do not compress; a part is read without the rest

-- Epochs from 1: a log that was found cut or forked goes on as a new one, bound to the last checkpoint of the old.
CREATE TABLE audit.epoch (
  tenant_id        text        NOT NULL,
  epoch            int         NOT NULL CHECK (epoch >= 1),
  origin           text        NOT NULL,
  bound_checkpoint text        NOT NULL,
  created_at       timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, epoch)
);

CREATE TABLE audit.checkpoint (
  tenant_id  text        NOT NULL,
  epoch      int         NOT NULL,
  size       bigint      NOT NULL CHECK (size >= 0),
  root       bytea       NOT NULL CHECK (octet_length(root) = 32),
  note       text        NOT NULL,               -- C2SP signed note
  created_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, epoch, size)
);
CREATE INDEX idx_checkpoint_created ON audit.checkpoint (created_at);   -- what is not yet with others is new, or was left of late

CREATE TABLE audit.checkpoint_delivery (
  tenant_id  text        NOT NULL,
  epoch      int         NOT NULL,
  size       bigint      NOT NULL,
  target     text        NOT NULL,               -- the name in the silos' configuration
  created_at timestamptz NOT NULL,
  receipt    text,                               -- what the target answered: a witness' cosignatures, the mail server's words
  PRIMARY KEY (tenant_id, epoch, size, target),
  FOREIGN KEY (tenant_id, epoch, size) REFERENCES audit.checkpoint
);

-- Append-only, and each tenant's rows for that tenant's readers only. The writer and the notary serve all tenants.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['audit_log', 'log_head', 'tile', 'epoch', 'checkpoint', 'checkpoint_delivery'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.%I FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change()', name);
    EXECUTE format('ALTER TABLE audit.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE audit.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY auditor ON audit.%I FOR SELECT TO grid_auditor USING (tenant_id = audit.tenant_in_scope())', name);
    EXECUTE format('GRANT SELECT ON audit.%I TO grid_auditor', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['audit_log', 'log_head', 'tile', 'epoch', 'checkpoint', 'checkpoint_delivery'] LOOP
    EXECUTE format('CREATE POLICY writer_reads ON audit.%I FOR SELECT TO grid_audit_writer USING (true)', name);
    EXECUTE format('GRANT SELECT ON audit.%I TO grid_audit_writer', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['audit_log', 'log_head', 'tile', 'epoch', 'checkpoint_delivery'] LOOP
    EXECUTE format('CREATE POLICY writer_appends ON audit.%I FOR INSERT TO grid_audit_writer WITH CHECK (true)', name);
    EXECUTE format('GRANT INSERT ON audit.%I TO grid_audit_writer', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['log_head', 'tile', 'epoch', 'checkpoint'] LOOP
    EXECUTE format('CREATE POLICY notary_reads ON audit.%I FOR SELECT TO grid_audit_notary USING (true)', name);
    EXECUTE format('GRANT SELECT ON audit.%I TO grid_audit_notary', name);
  END LOOP;
END $$;
CREATE POLICY notary_appends ON audit.checkpoint FOR INSERT TO grid_audit_notary WITH CHECK (true);
GRANT INSERT ON audit.checkpoint TO grid_audit_notary;

-- The open tail's hashes without the records: the notary proves that a log only grew and cannot read it.
CREATE POLICY owner_hashes ON audit.audit_log FOR SELECT TO grid_audit_owner USING (tenant_id = audit.tenant_in_scope());
CREATE VIEW audit.leaf_hash WITH (security_barrier = true) AS
  SELECT tenant_id, epoch, leaf_index, sha256('\x00'::bytea || record) AS hash
    FROM audit.audit_log WHERE tenant_id = audit.tenant_in_scope();
GRANT SELECT ON audit.leaf_hash TO grid_auditor, grid_audit_notary, grid_audit_writer;

GRANT USAGE ON SCHEMA audit TO grid_audit_notary;
SELECT audit.ensure_partitions(2);
