-- What the owner does is an audit entry too: migrations, and the erasure of a person by whoever calls the function.
CREATE POLICY owner_tells ON grid.outbox FOR INSERT TO grid_owner WITH CHECK (kind = 'audit');

-- LedgerShards.Of: 32-bit FNV-1a over the tenant's UTF-8 bytes, of four shards.
CREATE FUNCTION grid.ledger_shard(tenant text) RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  bytes bytea  := convert_to(tenant, 'UTF8');
  hash  bigint := 2166136261;
BEGIN
  FOR n IN 0 .. octet_length(bytes) - 1 LOOP
    hash := ((hash # get_byte(bytes, n)) * 16777619) & 4294967295;
  END LOOP;
  RETURN hash % 4;
END $$;
REVOKE ALL ON FUNCTION grid.ledger_shard(text) FROM PUBLIC;

-- As before, and the first erasure of a person is an entry in its own transaction. The actor: setting app.actor, else the database role.
CREATE OR REPLACE FUNCTION grid.erase_person_key(tenant text, person text) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  now_at constant timestamptz := clock_timestamp();
  done_at timestamptz;
BEGIN
  INSERT INTO grid.person_key AS k (tenant_id, person_id, wrapped, erased_at) VALUES (tenant, person, NULL, now_at)
  ON CONFLICT (tenant_id, person_id) DO UPDATE SET wrapped = NULL, erased_at = coalesce(k.erased_at, excluded.erased_at)
  RETURNING erased_at INTO done_at;
  IF done_at = now_at THEN
    INSERT INTO grid.outbox (id, tenant_id, kind, shard, body)
    SELECT id, tenant, 'audit', grid.ledger_shard(tenant), convert_to(jsonb_build_object(
             'id', id, 'timestamp', now_at, 'tenantId', tenant,
             'userId', coalesce(nullif(current_setting('app.actor', true), ''), 'operator:' || session_user), 'userRole', 'operator',
             'action', 'delete', 'resource', 'person-keys', 'resourceId', person, 'details', '{"change":"erased"}', 'success', true)::text, 'UTF8')
      FROM (SELECT gen_random_uuid() AS id) entry;
  END IF;
  RETURN done_at;
END $$;
