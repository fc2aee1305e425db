-- A topic may carry events of producers that did not go through the event log, and bytes that are no event at all. They are parked like
-- others when no delivery gets them saved; what such a record lacks stays empty.
ALTER TABLE grid.parked_event
  ALTER COLUMN event_id DROP NOT NULL,
  ALTER COLUMN namespace DROP NOT NULL,
  ALTER COLUMN stream_key DROP NOT NULL,
  ALTER COLUMN tenant_id DROP NOT NULL,
  ADD COLUMN topic text,                -- null: the event log held it
  ADD COLUMN partition int,
  ADD COLUMN record_offset bigint,
  ADD CONSTRAINT parked_event_source CHECK (CASE WHEN topic IS NULL
    THEN num_nulls(event_id, namespace, stream_key, tenant_id) = 0 AND num_nonnulls(partition, record_offset) = 0
    ELSE num_nulls(partition, record_offset) = 0 END);

-- Once, however often it is read. The body too: a topic that was made anew counts its offsets from 0 again.
CREATE UNIQUE INDEX parked_event_record ON grid.parked_event (topic, partition, record_offset, sha256(body)) WHERE topic IS NOT NULL;
