-- How large the store was: the forecast of when its disk is full (AU-4). One row an hour, from whichever silo comes first.
CREATE TABLE audit.store_size (
  at    timestamptz PRIMARY KEY,
  bytes bigint      NOT NULL
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.store_size FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
GRANT INSERT, SELECT ON audit.store_size TO grid_audit_writer;
