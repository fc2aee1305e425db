-- Schemas, and the two settings by which row-level security knows the tenant.
REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA orleans;
CREATE SCHEMA IF NOT EXISTS grid;   -- holds the journal already
CREATE SCHEMA quartz;
GRANT USAGE ON SCHEMA grid TO grid_silo, grid_sweeper, grid_api, grid_gateway;
GRANT USAGE ON SCHEMA orleans TO grid_silo, grid_api;
GRANT USAGE ON SCHEMA quartz TO grid_silo;

-- A reader's one tenant, set transaction-locally. After such a setting ends PostgreSQL reads it as '', not NULL.
CREATE FUNCTION grid.tenant_in_scope() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant_id', true), '');

-- A writer commits many tenants' grains in one transaction and names them all.
CREATE FUNCTION grid.tenants_in_scope() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN string_to_array(nullif(current_setting('app.tenant_ids', true), ''), ',');
