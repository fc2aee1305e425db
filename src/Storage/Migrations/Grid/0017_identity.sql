-- Accounts, their credentials, and the authorization server's rows. The Api maps them with EF Core (OpenIddict, ASP.NET Core Identity);
-- column lengths are those that these libraries count on. Only grid_api reaches the schema.
CREATE SCHEMA identity;
GRANT USAGE ON SCHEMA identity TO grid_api;

-- People. Not a tenant's rows: one person may belong to several tenants.
CREATE TABLE identity.account (
  id                   uuid         NOT NULL PRIMARY KEY,
  user_name            varchar(256) NOT NULL,
  normalized_user_name varchar(256) NOT NULL UNIQUE,
  email                varchar(256),
  normalized_email     varchar(256),
  email_confirmed      boolean      NOT NULL,
  display_name         text,
  security_stamp       text,
  concurrency_stamp    text,
  created_at           timestamptz  NOT NULL,
  disabled_at          timestamptz
);
CREATE INDEX account_by_email ON identity.account (normalized_email);

-- Of these the newest is in force; the others may not come again. A password is never changed, only followed.
CREATE TABLE identity.password (
  account_id uuid        NOT NULL REFERENCES identity.account ON DELETE CASCADE,
  set_at     timestamptz NOT NULL,
  hash       text        NOT NULL,
  PRIMARY KEY (account_id, set_at)
);

CREATE TABLE identity.totp (
  account_id   uuid   NOT NULL PRIMARY KEY REFERENCES identity.account ON DELETE CASCADE,
  secret       text   NOT NULL,     -- sealed by the Api's data protection
  confirmed_at timestamptz,
  last_step    bigint NOT NULL
);

CREATE TABLE identity.recovery_code (
  account_id uuid  NOT NULL REFERENCES identity.account ON DELETE CASCADE,
  hash       bytea NOT NULL,
  PRIMARY KEY (account_id, hash)
);

CREATE TABLE identity.account_passkey (
  credential_id bytea NOT NULL PRIMARY KEY,
  user_id       uuid  NOT NULL REFERENCES identity.account ON DELETE CASCADE,
  data          jsonb NOT NULL
);
CREATE INDEX account_passkey_by_user ON identity.account_passkey (user_id);

-- Secrets in somebody's hand (a link that was sent, a sign-in that has begun), by their SHA-256.
CREATE TABLE identity.one_time_token (
  hash       bytea       NOT NULL PRIMARY KEY,
  account_id uuid        NOT NULL REFERENCES identity.account ON DELETE CASCADE,
  purpose    text        NOT NULL,
  expires_at timestamptz NOT NULL,
  data       text        NOT NULL
);
CREATE INDEX one_time_token_by_account ON identity.one_time_token (account_id, expires_at);

-- What the authorization server signs tokens with (0) and seals codes and refresh tokens with (1), wrapped by the Api's master key.
CREATE TABLE identity.server_key (
  id          text        NOT NULL PRIMARY KEY,
  use         smallint    NOT NULL CHECK (use IN (0, 1)),
  active_from timestamptz NOT NULL,
  wrapped     bytea       NOT NULL
);

CREATE TABLE identity.data_protection_key (
  id            int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  friendly_name text,
  xml           text
);

CREATE TABLE identity.application (
  id                        uuid         NOT NULL PRIMARY KEY,
  application_type          varchar(50),
  client_id                 varchar(100) UNIQUE,
  client_secret             text,
  client_type               varchar(50),
  concurrency_token         varchar(50),
  consent_type              varchar(50),
  display_name              text,
  display_names             text,
  json_web_key_set          text,
  permissions               text,
  post_logout_redirect_uris text,
  properties                text,
  redirect_uris             text,
  requirements              text,
  settings                  text
);

CREATE TABLE identity.scope (
  id                uuid         NOT NULL PRIMARY KEY,
  concurrency_token varchar(50),
  description       text,
  descriptions      text,
  display_name      text,
  display_names     text,
  name              varchar(200) UNIQUE,
  properties        text,
  resources         text
);

CREATE TABLE identity."authorization" (
  id                uuid         NOT NULL PRIMARY KEY,
  application_id    uuid         REFERENCES identity.application,
  concurrency_token varchar(50),
  creation_date     timestamptz,
  properties        text,
  scopes            text,
  status            varchar(50),
  subject           varchar(400),
  type              varchar(50)
);
CREATE INDEX authorization_by_application ON identity."authorization" (application_id, status, subject, type);

CREATE TABLE identity.token (
  id                uuid         NOT NULL PRIMARY KEY,
  application_id    uuid         REFERENCES identity.application,
  authorization_id  uuid         REFERENCES identity."authorization",
  concurrency_token varchar(50),
  creation_date     timestamptz,
  expiration_date   timestamptz,
  payload           text,
  properties        text,
  redemption_date   timestamptz,
  reference_id      varchar(100) UNIQUE,
  status            varchar(50),
  subject           varchar(400),
  type              varchar(150)
);
CREATE INDEX token_by_application ON identity.token (application_id, status, subject, type);
CREATE INDEX token_by_authorization ON identity.token (authorization_id);

-- What an account is in a tenant. A tenant's rows: seen by that tenant, and by the account at its own sign-in.
CREATE TABLE identity.membership (
  tenant_id   text        NOT NULL,
  account_id  uuid        NOT NULL REFERENCES identity.account ON DELETE CASCADE,
  roles       text[]      NOT NULL CHECK (cardinality(roles) BETWEEN 1 AND 20),
  sites       text[]      NOT NULL DEFAULT '{}',   -- none: every site
  employee_id uuid,                                -- the member's own record
  granted_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, account_id)
);
CREATE INDEX membership_by_account ON identity.membership (account_id);

CREATE FUNCTION identity.account_in_scope() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.account_id', true), '')::uuid;

ALTER TABLE identity.membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity.membership FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON identity.membership TO grid_api
  USING (tenant_id = grid.tenant_in_scope()) WITH CHECK (tenant_id = grid.tenant_in_scope());
CREATE POLICY account ON identity.membership FOR SELECT TO grid_api USING (account_id = identity.account_in_scope());

GRANT SELECT, INSERT, UPDATE ON identity.account, identity.membership TO grid_api;
GRANT DELETE ON identity.membership TO grid_api;
GRANT SELECT, INSERT, DELETE ON identity.password, identity.recovery_code, identity.server_key TO grid_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.one_time_token, identity.totp, identity.account_passkey, identity.application, identity.scope, identity."authorization",
  identity.token, identity.data_protection_key TO grid_api;
