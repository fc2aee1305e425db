-- Every filter of a search has an index in the order of its pages, and a head says how many bytes its log holds.
DROP INDEX audit.idx_audit_resource;   -- it had the records of a resource in the order of their ids
CREATE INDEX idx_audit_resource ON audit.audit_log (tenant_id, resource, created_at DESC);
CREATE INDEX idx_audit_record ON audit.audit_log (tenant_id, resource_id, created_at DESC) WHERE resource_id IS NOT NULL;
CREATE INDEX idx_audit_address ON audit.audit_log (tenant_id, ip_address, created_at DESC) WHERE ip_address IS NOT NULL;

-- Of all records up to this head. 0 in heads from before the column: the count begins with it.
ALTER TABLE audit.log_head ADD COLUMN bytes bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0);
