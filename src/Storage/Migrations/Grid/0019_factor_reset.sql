-- A lost second factor is replaced by two people: one asks, another one approves. While it is asked for the row is there, and no longer.
CREATE TABLE identity.factor_reset (
  tenant_id  text        NOT NULL,
  account_id uuid        NOT NULL REFERENCES identity.account ON DELETE CASCADE,
  asked_by   uuid        NOT NULL,   -- an account too, not necessarily one that is still there
  asked_at   timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, account_id)
);
ALTER TABLE identity.factor_reset ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.factor_reset FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON identity.factor_reset TO grid_api
  USING (tenant_id = grid.tenant_in_scope()) WITH CHECK (tenant_id = grid.tenant_in_scope());
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.factor_reset TO grid_api;
