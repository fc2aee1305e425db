-- Sealed grain state. Upstream's table has no key on the full grain id, so racing first writes can both land there.
CREATE TABLE grid.grain_state (
  state_name     text        NOT NULL,
  grain_key      text        NOT NULL COLLATE "C",
  tenant_id      text        NOT NULL,
  version        bigint      NOT NULL,
  due_at         timestamptz,            -- when time alone changes the answer; the sweep wakes the grain
  policy_version int,                    -- the policy last evaluated with; the sweep wakes who is behind
  payload        bytea       NOT NULL,   -- format | key id | nonce | ciphertext | tag
  written_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (state_name, grain_key)
);
CREATE INDEX grain_state_due ON grid.grain_state (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX grain_state_policy ON grid.grain_state (tenant_id, policy_version) WHERE policy_version IS NOT NULL;

ALTER TABLE grid.grain_state ENABLE ROW LEVEL SECURITY;
ALTER TABLE grid.grain_state FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON grid.grain_state TO grid_silo
  USING (tenant_id = ANY (grid.tenants_in_scope())) WITH CHECK (tenant_id = ANY (grid.tenants_in_scope()));
CREATE POLICY sweeper ON grid.grain_state FOR SELECT TO grid_sweeper USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON grid.grain_state TO grid_silo;
GRANT SELECT (state_name, grain_key, tenant_id, due_at, policy_version) ON grid.grain_state TO grid_sweeper;

-- Data keys, each wrapped by the master key. A tenant may have several; the newest seals.
CREATE TABLE grid.tenant_key (
  tenant_id  text        NOT NULL,
  key_id     uuid        NOT NULL,
  wrapped    bytea       NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key_id)
);
ALTER TABLE grid.tenant_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE grid.tenant_key FORCE ROW LEVEL SECURITY;
CREATE POLICY writer ON grid.tenant_key TO grid_silo
  USING (tenant_id = ANY (grid.tenants_in_scope())) WITH CHECK (tenant_id = ANY (grid.tenants_in_scope()));
GRANT SELECT, INSERT ON grid.tenant_key TO grid_silo;
