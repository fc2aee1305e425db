-- Messages that leave with a committed change. A relay hands each over at least once, then deletes it.
CREATE TABLE grid.outbox (
  id              uuid        PRIMARY KEY,
  position        bigint      GENERATED ALWAYS AS IDENTITY,
  tenant_id       text        NOT NULL,
  kind            text        NOT NULL,        -- audit | order | vendor-request
  shard           int         NOT NULL,        -- ledger shard for audit, 0 for the rest
  body            bytea       NOT NULL,
  traceparent     text,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempt         int         NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  error           text
);
CREATE INDEX outbox_order ON grid.outbox (kind, shard, position);

ALTER TABLE grid.outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE grid.outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY relay ON grid.outbox TO grid_silo USING (true) WITH CHECK (true);
CREATE POLICY producer ON grid.outbox FOR INSERT TO grid_gateway WITH CHECK (kind = 'audit');
GRANT SELECT, INSERT, UPDATE, DELETE ON grid.outbox TO grid_silo;
GRANT INSERT ON grid.outbox TO grid_gateway;
