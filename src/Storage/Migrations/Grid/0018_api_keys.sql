-- Keys that the Api hashes with, wrapped by its master key. Made once, by whichever process is first.
CREATE TABLE identity.hash_key (
  id      text  NOT NULL PRIMARY KEY,
  wrapped bytea NOT NULL
);
GRANT SELECT, INSERT ON identity.hash_key TO grid_api;

-- Keys of integrations. A tenant's rows: seen by that tenant, and by whoever presents the key at its very call. Of a secret there is
-- only its keyed hash; the newest stands first, and those that it replaced are good as long as each says.
CREATE TABLE identity.api_key (
  id           uuid          NOT NULL PRIMARY KEY,
  tenant_id    text          NOT NULL,
  prefix       text          NOT NULL UNIQUE CHECK (prefix ~ '^[a-z2-7]{10}$'),
  name         text          NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
  permissions  text[]        NOT NULL CHECK (cardinality(permissions) BETWEEN 1 AND 50),
  owner_id     uuid          NOT NULL REFERENCES identity.account ON DELETE CASCADE,   -- who made or rotated it last: it never may more than they
  created_at   timestamptz   NOT NULL,
  hashes       bytea[]       NOT NULL,
  good_until   timestamptz[] NOT NULL,
  last_used_at timestamptz,                                                             -- to a minute or so
  revoked_at   timestamptz,
  revision     bigint        NOT NULL DEFAULT 1,
  CHECK (cardinality(hashes) BETWEEN 1 AND 5 AND cardinality(hashes) = cardinality(good_until))
);
CREATE INDEX api_key_by_tenant ON identity.api_key (tenant_id, created_at);
CREATE INDEX api_key_by_owner ON identity.api_key (owner_id);

CREATE FUNCTION identity.api_key_in_scope() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.api_key', true), '');

ALTER TABLE identity.api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON identity.api_key TO grid_api
  USING (tenant_id = grid.tenant_in_scope()) WITH CHECK (tenant_id = grid.tenant_in_scope());
CREATE POLICY presented ON identity.api_key FOR SELECT TO grid_api USING (prefix = identity.api_key_in_scope());

GRANT SELECT, INSERT, DELETE ON identity.api_key TO grid_api;
GRANT UPDATE (owner_id, hashes, good_until, last_used_at, revoked_at, revision) ON identity.api_key TO grid_api;
