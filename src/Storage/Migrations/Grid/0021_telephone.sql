-- Telephones that codes are sent to, as second factors of those who enrolled one.
CREATE TABLE identity.telephone (
  account_id   uuid        NOT NULL PRIMARY KEY REFERENCES identity.account ON DELETE CASCADE,
  number       text        NOT NULL,   -- sealed by the Api's data protection
  confirmed_at timestamptz NOT NULL
);

-- How many codes were sent for an account since when: whoever knows a password shall not run up a bill by it, or wake somebody.
CREATE TABLE identity.sms_window (
  account_id uuid        NOT NULL PRIMARY KEY REFERENCES identity.account ON DELETE CASCADE,
  since      timestamptz NOT NULL,
  sent       int         NOT NULL
);
GRANT SELECT, INSERT, DELETE ON identity.telephone TO grid_api;
GRANT SELECT, INSERT, UPDATE ON identity.sms_window TO grid_api;
