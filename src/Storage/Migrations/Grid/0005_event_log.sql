-- The only way in. Producers insert; positions are dense per queue, taken from the counter row as the inserting
-- transaction's last statement, queues in ascending order. A row is open until the grain that it is for has saved it.
CREATE TABLE grid.event_queue (
  queue         int    PRIMARY KEY,
  next_position bigint NOT NULL DEFAULT 1
);
INSERT INTO grid.event_queue (queue) SELECT generate_series(0, 7);

CREATE TABLE grid.event_log (
  queue       int         NOT NULL,
  position    bigint      NOT NULL,
  event_id    text        NOT NULL,
  namespace   text        NOT NULL,
  stream_key  text        NOT NULL,
  tenant_id   text        NOT NULL,
  attempt     int         NOT NULL DEFAULT 1,   -- a republished event is a new row; the old one is closed
  body        bytea       NOT NULL,             -- the CloudEvent as UTF-8 JSON
  appended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at   timestamptz,
  PRIMARY KEY (queue, position)
);
CREATE INDEX event_log_open ON grid.event_log (queue, position) WHERE closed_at IS NULL;

-- Durably parked: listed, replayable, out of its neighbours' way.
CREATE TABLE grid.parked_event (
  id          uuid        PRIMARY KEY,
  event_id    text        NOT NULL,
  namespace   text        NOT NULL,
  stream_key  text        NOT NULL,
  tenant_id   text        NOT NULL,
  body        bytea       NOT NULL,
  attempts    int         NOT NULL,
  reason      text        NOT NULL,
  parked_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  replayed_at timestamptz
);

-- Queue readers and writers work across tenants by their nature; no other role has any privilege here.
ALTER TABLE grid.event_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE grid.event_log FORCE ROW LEVEL SECURITY;
CREATE POLICY transport ON grid.event_log TO grid_silo USING (true) WITH CHECK (true);
CREATE POLICY producer ON grid.event_log FOR INSERT TO grid_gateway WITH CHECK (true);
ALTER TABLE grid.parked_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE grid.parked_event FORCE ROW LEVEL SECURITY;
CREATE POLICY transport ON grid.parked_event TO grid_silo USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON grid.event_log, grid.parked_event TO grid_silo;
GRANT INSERT ON grid.event_log TO grid_gateway;
GRANT SELECT, UPDATE ON grid.event_queue TO grid_silo, grid_gateway;
