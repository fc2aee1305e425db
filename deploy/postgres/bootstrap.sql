-- Run by the superuser of the PostgreSQL cluster that holds the database: roles and database. Everything else is `grid migrate`.
-- psql variables: grid or audit (of any value) says which database, both say that one cluster holds the two; one password per login
-- role (owner_password, silo_password, ...). It can be repeated.
\set ON_ERROR_STOP on

\if :{?grid}
SELECT format('CREATE ROLE %I LOGIN', r) FROM unnest(ARRAY[
  'grid_owner',                           -- DDL; used by `grid migrate` only
  'grid_silo', 'grid_sweeper',            -- src/Silo
  'grid_api',                             -- src/Api
  'grid_gateway'                          -- src/Gateway.Integrations
]) r WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) \gexec

ALTER ROLE grid_owner        PASSWORD :'owner_password';
ALTER ROLE grid_silo         PASSWORD :'silo_password';
ALTER ROLE grid_sweeper      PASSWORD :'sweeper_password';
ALTER ROLE grid_api          PASSWORD :'api_password';
ALTER ROLE grid_gateway      PASSWORD :'gateway_password';

-- C collation: keys and name ranges compare byte by byte, with leakproof operators.
SELECT 'CREATE DATABASE grid OWNER grid_owner TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8'''
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'grid') \gexec
REVOKE ALL ON DATABASE grid FROM PUBLIC;
GRANT CONNECT ON DATABASE grid TO grid_silo, grid_sweeper, grid_api, grid_gateway;
\endif

\if :{?audit}
SELECT format('CREATE ROLE %I LOGIN', r) FROM unnest(ARRAY[
  'grid_audit_owner',                     -- DDL; used by `grid migrate` only
  'grid_audit_writer', 'grid_auditor',    -- src/Silo writes, src/Api reads
  'grid_audit_notary'                     -- signs its checkpoints
]) r WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) \gexec

ALTER ROLE grid_audit_owner  PASSWORD :'audit_owner_password';
ALTER ROLE grid_audit_writer PASSWORD :'audit_writer_password';
ALTER ROLE grid_auditor      PASSWORD :'auditor_password';
ALTER ROLE grid_audit_notary PASSWORD :'audit_notary_password';

SELECT 'CREATE DATABASE grid_audit OWNER grid_audit_owner TEMPLATE template0 ENCODING ''UTF8'' LOCALE ''C.UTF-8'''
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'grid_audit') \gexec
REVOKE ALL ON DATABASE grid_audit FROM PUBLIC;
GRANT CONNECT ON DATABASE grid_audit TO grid_audit_writer, grid_auditor, grid_audit_notary;
\endif
