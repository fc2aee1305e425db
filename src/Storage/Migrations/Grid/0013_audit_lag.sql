-- The front door tells a tenant how many of its audit entries wait in the outbox, and for how long: not what they say, and no other
-- tenant's.
CREATE POLICY lag ON grid.outbox FOR SELECT TO grid_api
  USING (kind = 'audit' AND tenant_id = nullif(current_setting('app.tenant_id', true), ''));
GRANT SELECT (tenant_id, kind, shard, created_at) ON grid.outbox TO grid_api;
