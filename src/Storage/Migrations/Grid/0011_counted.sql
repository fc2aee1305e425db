-- How a person stood in grid.employee_count before the last write: an upsert cannot return the row that it replaced. Looking
-- it up beforehand would read another row than the one locked, and by any index that begins with the tenant when the planner
-- has not yet met it.
ALTER TABLE grid.employee ADD COLUMN counted_site text, ADD COLUMN counted_status smallint;
