-- Sealed bytes do not compress: PostgreSQL need not try.
ALTER TABLE grid.grain_state ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE grid.webhook_inbox ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE grid.outbox ALTER COLUMN sealed SET STORAGE EXTERNAL;

-- Room in the page for the next version of a row: one that changes no indexed column then touches no index.
ALTER TABLE grid.grain_state SET (fillfactor = 70);
ALTER TABLE grid.employee SET (fillfactor = 80);
ALTER TABLE grid.vendor_order SET (fillfactor = 80);
ALTER TABLE grid.outbox SET (fillfactor = 60);
