-- One key for each person seals the personal detail of audit entries about that person. Erasing a person erases the key; the
-- entries, and the tree over them, stay.
CREATE TABLE grid.person_key (
  tenant_id  text        NOT NULL,
  person_id  text        NOT NULL,
  wrapped    bytea,                              -- wrapped by the tenant's data key: format | key id | nonce | ciphertext | tag
  created_at timestamptz NOT NULL DEFAULT now(),
  erased_at  timestamptz,
  PRIMARY KEY (tenant_id, person_id),
  CHECK ((wrapped IS NULL) = (erased_at IS NOT NULL))
);
ALTER TABLE grid.person_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE grid.person_key FORCE ROW LEVEL SECURITY;
CREATE POLICY sealer ON grid.person_key TO grid_silo
  USING (tenant_id = ANY (grid.tenants_in_scope())) WITH CHECK (tenant_id = ANY (grid.tenants_in_scope()));
GRANT SELECT, INSERT ON grid.person_key TO grid_silo;

-- A person of whom there is no key yet gets a row all the same, so that none is made later.
CREATE POLICY eraser ON grid.person_key TO grid_owner USING (true) WITH CHECK (true);
CREATE FUNCTION grid.erase_person_key(tenant text, person text) RETURNS timestamptz
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO grid.person_key AS k (tenant_id, person_id, wrapped, erased_at) VALUES (tenant, person, NULL, clock_timestamp())
  ON CONFLICT (tenant_id, person_id) DO UPDATE SET wrapped = NULL, erased_at = coalesce(k.erased_at, excluded.erased_at)
  RETURNING erased_at
$$;
REVOKE ALL ON FUNCTION grid.erase_person_key(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION grid.erase_person_key(text, text) TO grid_silo;

-- An audit entry's personal detail waits sealed, beside a body that has none.
ALTER TABLE grid.outbox ADD COLUMN sealed bytea;
