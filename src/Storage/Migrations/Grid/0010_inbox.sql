-- What only the integrations gateway holds: vendor accounts with their sealed credentials, the inbox of webhooks,
-- and which of the vendor's ids stands for which order.

-- Data keys of the gateway, each wrapped by the gateway's own master key. The newest seals.
CREATE TABLE grid.gateway_key (
  key_id     uuid        PRIMARY KEY,
  wrapped    bytea       NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One tenant's account at one vendor. The id is part of the webhook's address, so it cannot be guessed.
CREATE TABLE grid.vendor_connection (
  id          text        PRIMARY KEY COLLATE "C",
  tenant_id   text        NOT NULL,
  vendor      text        NOT NULL,
  account_id  text        NOT NULL COLLATE "C",
  base_url    text        NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  disabled_at timestamptz,
  UNIQUE (vendor, account_id)  -- a webhook without our id is told apart by the vendor's account id alone
);

-- Several may be active: the vendor signs with the old one while the new one is rolled out. The newest calls the API.
CREATE TABLE grid.vendor_connection_key (
  connection_id text        NOT NULL COLLATE "C" REFERENCES grid.vendor_connection,
  key_id        uuid        NOT NULL,
  fingerprint   bytea       NOT NULL,  -- HMAC under the gateway's data key: adding a key twice adds it once
  sealed        bytea       NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  retired_at    timestamptz,
  PRIMARY KEY (connection_id, key_id),
  UNIQUE (connection_id, fingerprint)
);

-- state 0 open, 1 done, 2 ignored (a type that needs no action), 3 unmatched (no order of ours), 4 failed for good.
CREATE TABLE grid.webhook_inbox (
  id              bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  connection_id   text        NOT NULL COLLATE "C",
  event_id        text        NOT NULL COLLATE "C",
  tenant_id       text        NOT NULL,
  event_type      text        NOT NULL,
  object_kind     text        NOT NULL COLLATE "C",
  object_id       text        NOT NULL COLLATE "C",
  body_hash       bytea       NOT NULL,
  payload         bytea       NOT NULL,          -- the raw body, sealed
  traceparent     text,
  received_at     timestamptz NOT NULL,
  state           smallint    NOT NULL,
  attempt         int         NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL,
  lease_token     uuid,
  lease_until     timestamptz,
  waits_for       text        COLLATE "C",       -- unmatched: the vendor's id whose arrival opens it again
  error           text,
  closed_at       timestamptz,
  UNIQUE (connection_id, event_id)
);
CREATE INDEX webhook_inbox_open ON grid.webhook_inbox (next_attempt_at, id) WHERE state = 0;
CREATE INDEX webhook_inbox_unmatched ON grid.webhook_inbox (connection_id, waits_for) WHERE state = 3;
CREATE INDEX webhook_inbox_unfinished ON grid.webhook_inbox (tenant_id, id) WHERE state IN (0, 3, 4);
-- One delivery of a vendor's object is worked on at a time, so that what was fetched last is also appended last.
CREATE UNIQUE INDEX webhook_inbox_leased ON grid.webhook_inbox (connection_id, object_kind, object_id) WHERE lease_token IS NOT NULL;

-- The same event id with another body: kept for a person to look at, never worked on.
CREATE TABLE grid.webhook_conflict (
  connection_id text        NOT NULL COLLATE "C",
  event_id      text        NOT NULL COLLATE "C",
  body_hash     bytea       NOT NULL,
  tenant_id     text        NOT NULL,
  payload       bytea       NOT NULL,
  received_at   timestamptz NOT NULL,
  PRIMARY KEY (connection_id, event_id, body_hash)
);

-- kind candidate | invitation | report.
CREATE TABLE grid.vendor_reference (
  connection_id text        NOT NULL COLLATE "C",
  kind          text        NOT NULL COLLATE "C",
  external_id   text        NOT NULL COLLATE "C",
  tenant_id     text        NOT NULL,
  order_id      uuid        NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (connection_id, kind, external_id)
);
CREATE INDEX vendor_reference_order ON grid.vendor_reference (order_id, kind);

-- How often a vendor's object was read and told of: the source version of its events.
CREATE TABLE grid.vendor_object (
  connection_id text   NOT NULL COLLATE "C",
  kind          text   NOT NULL COLLATE "C",
  external_id   text   NOT NULL COLLATE "C",
  version       bigint NOT NULL,
  PRIMARY KEY (connection_id, kind, external_id)
);

-- The gateway serves every tenant; no other role that runs has any privilege here.
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['gateway_key', 'vendor_connection', 'vendor_connection_key', 'webhook_inbox', 'webhook_conflict',
                           'vendor_reference', 'vendor_object'] LOOP
    EXECUTE format('ALTER TABLE grid.%I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE grid.%I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY gateway ON grid.%I TO grid_gateway USING (true) WITH CHECK (true)', t);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON grid.%I TO grid_gateway', t);
  END LOOP;
END $$;
