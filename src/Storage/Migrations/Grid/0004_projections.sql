-- Read models, written in the transaction of the grain that they show.
-- status 0 green, 1 amber, 2 red. transition_*: every later change that time alone brings, so that no row is ever stale.

CREATE FUNCTION grid.status_at(status smallint, transition_at timestamptz[], transition_status smallint[], at timestamptz)
RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(
  (SELECT s FROM unnest(transition_at, transition_status) AS t (a, s) WHERE a <= at ORDER BY a DESC LIMIT 1), status);

CREATE TABLE grid.employee (
  tenant_id           text        NOT NULL,
  employee_id         uuid        NOT NULL,
  employee_number     text        NOT NULL,
  given_name          text        NOT NULL,
  family_name         text        NOT NULL,
  sort_name           text        NOT NULL COLLATE "C",  -- lower(family given): order and prefix search by leakproof operators
  site                text        NOT NULL,
  roles               text[]      NOT NULL,
  hired_on            date        NOT NULL,
  employment_ended_on date,
  status              smallint    NOT NULL,
  transition_at       timestamptz[] NOT NULL,
  transition_status   smallint[]  NOT NULL,
  next_transition_at  timestamptz,
  reasons             jsonb       NOT NULL,
  policy_version      int         NOT NULL,
  revision            bigint      NOT NULL,
  evaluated_at        timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, employee_id),
  UNIQUE (tenant_id, employee_number)
);
CREATE INDEX employee_by_name ON grid.employee (tenant_id, sort_name, employee_id);
CREATE INDEX employee_by_status ON grid.employee (tenant_id, status, sort_name, employee_id);
CREATE INDEX employee_by_site ON grid.employee (tenant_id, site, sort_name, employee_id);
CREATE INDEX employee_by_hired ON grid.employee (tenant_id, hired_on, employee_id);
CREATE INDEX employee_transition ON grid.employee (tenant_id, next_transition_at) WHERE next_transition_at IS NOT NULL;

-- Employed people by site and colour; the sum over shards is the count. Sharded so that writers do not queue on one row.
CREATE TABLE grid.employee_count (
  tenant_id text     NOT NULL,
  site      text     NOT NULL,
  status    smallint NOT NULL,
  shard     smallint NOT NULL,
  employees bigint   NOT NULL,
  PRIMARY KEY (tenant_id, site, status, shard)
);

CREATE TABLE grid.policy (
  tenant_id          text        NOT NULL PRIMARY KEY,
  version            int         NOT NULL,
  in_force_since     timestamptz NOT NULL,
  published_by       text        NOT NULL,
  document           jsonb       NOT NULL,
  status             smallint    NOT NULL,
  transition_at      timestamptz[] NOT NULL,
  transition_status  smallint[]  NOT NULL,
  next_transition_at timestamptz,
  revision           bigint      NOT NULL
);

CREATE TABLE grid.vendor_order (
  tenant_id          text        NOT NULL,
  order_id           uuid        NOT NULL,
  employee_id        uuid        NOT NULL,
  vendor             text        NOT NULL,
  product            text        NOT NULL,
  item               text        NOT NULL,
  placed_at          timestamptz NOT NULL,
  outcome            smallint    NOT NULL,
  last_milestone     text,
  status             smallint    NOT NULL,
  transition_at      timestamptz[] NOT NULL,
  transition_status  smallint[]  NOT NULL,
  next_transition_at timestamptz,
  reasons            jsonb       NOT NULL,
  revision           bigint      NOT NULL,
  PRIMARY KEY (tenant_id, order_id)
);
CREATE INDEX vendor_order_by_employee ON grid.vendor_order (tenant_id, employee_id);
CREATE INDEX vendor_order_by_placed ON grid.vendor_order (tenant_id, placed_at, order_id);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['employee', 'employee_count', 'policy', 'vendor_order'] LOOP
    EXECUTE format('ALTER TABLE grid.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE grid.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY reader ON grid.%I FOR SELECT TO grid_api USING (tenant_id = grid.tenant_in_scope())', t);
    EXECUTE format('CREATE POLICY writer ON grid.%I TO grid_silo USING (tenant_id = ANY (grid.tenants_in_scope())) '
                   'WITH CHECK (tenant_id = ANY (grid.tenants_in_scope()))', t);
    EXECUTE format('GRANT SELECT ON grid.%I TO grid_api', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON grid.%I TO grid_silo', t);
  END LOOP;
END $$;

CREATE POLICY sweeper ON grid.policy FOR SELECT TO grid_sweeper USING (true);
GRANT SELECT (tenant_id, version) ON grid.policy TO grid_sweeper;
