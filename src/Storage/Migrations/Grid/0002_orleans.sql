-- Orleans' clustering, reminders and plain grain storage (AdoNet 10.4.2). The queries are ours: upstream's storage table
-- has no key on the full grain id, so racing first writes could both land there. Orleans reads orleansquery unqualified:
-- its connection strings say Search Path=orleans.

CREATE TABLE orleans.orleansquery (
  querykey  text PRIMARY KEY,
  querytext text NOT NULL
);

-- Membership. Every change bumps the version row, and only from the version that the silo has read.
CREATE TABLE orleans.membership_version (
  deploymentid text        PRIMARY KEY,
  changed_at   timestamptz NOT NULL DEFAULT now(),
  version      int         NOT NULL DEFAULT 0
);

CREATE TABLE orleans.membership (
  deploymentid text        NOT NULL REFERENCES orleans.membership_version ON DELETE CASCADE,
  address      text        NOT NULL,
  port         int         NOT NULL,
  generation   int         NOT NULL,
  siloname     text        NOT NULL,
  hostname     text        NOT NULL,
  status       int         NOT NULL,
  proxyport    int,
  suspecttimes text,
  starttime    timestamptz NOT NULL,
  iamalivetime timestamptz NOT NULL,
  PRIMARY KEY (deploymentid, address, port, generation)
);

-- The row lock on the version serialises the members; a function, so that insert and bump succeed or fail as one.
CREATE FUNCTION orleans.insert_membership(
  p_deploymentid text, p_address text, p_port int, p_generation int, p_siloname text, p_hostname text,
  p_status int, p_proxyport int, p_starttime timestamptz, p_iamalivetime timestamptz, p_version int)
RETURNS boolean LANGUAGE plpgsql SET search_path = orleans, pg_temp AS $$
BEGIN
  PERFORM FROM membership_version v WHERE v.deploymentid = p_deploymentid AND v.version = p_version FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO membership (deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime)
  VALUES (p_deploymentid, p_address, p_port, p_generation, p_siloname, p_hostname, p_status, p_proxyport, p_starttime, p_iamalivetime)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE membership_version v SET version = v.version + 1, changed_at = now() WHERE v.deploymentid = p_deploymentid;
  RETURN true;
END $$;

CREATE FUNCTION orleans.update_membership(
  p_deploymentid text, p_address text, p_port int, p_generation int,
  p_status int, p_suspecttimes text, p_iamalivetime timestamptz, p_version int)
RETURNS boolean LANGUAGE plpgsql SET search_path = orleans, pg_temp AS $$
BEGIN
  PERFORM FROM membership_version v WHERE v.deploymentid = p_deploymentid AND v.version = p_version FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE membership m SET status = p_status, suspecttimes = p_suspecttimes, iamalivetime = p_iamalivetime
   WHERE (m.deploymentid, m.address, m.port, m.generation) = (p_deploymentid, p_address, p_port, p_generation);
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE membership_version v SET version = v.version + 1, changed_at = now() WHERE v.deploymentid = p_deploymentid;
  RETURN true;
END $$;

INSERT INTO orleans.orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', $q$
WITH added AS (INSERT INTO membership_version (deploymentid) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT EXISTS (SELECT FROM added);
$q$),
('InsertMembershipKey', $q$
SELECT insert_membership(@DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName,
                         @Status, @ProxyPort, @StartTime, @IAmAliveTime, @Version);
$q$),
('UpdateMembershipKey', $q$
SELECT update_membership(@DeploymentId, @Address, @Port, @Generation, @Status, @SuspectTimes, @IAmAliveTime, @Version);
$q$),
('UpdateIAmAlivetimeKey', $q$
UPDATE membership SET iamalivetime = @IAmAliveTime
 WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation;
$q$),
-- The version comes even where there is no member.
('MembershipReadRowKey', $q$
SELECT v.deploymentid, m.address, m.port, m.generation, m.siloname, m.hostname, m.status, m.proxyport,
       m.suspecttimes, m.starttime, m.iamalivetime, v.version
  FROM membership_version v
  LEFT JOIN membership m ON m.deploymentid = v.deploymentid
       AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
 WHERE v.deploymentid = @DeploymentId;
$q$),
('MembershipReadAllKey', $q$
SELECT v.deploymentid, m.address, m.port, m.generation, m.siloname, m.hostname, m.status, m.proxyport,
       m.suspecttimes, m.starttime, m.iamalivetime, v.version
  FROM membership_version v
  LEFT JOIN membership m ON m.deploymentid = v.deploymentid
 WHERE v.deploymentid = @DeploymentId;
$q$),
('GatewaysQueryKey', $q$
SELECT address, proxyport, generation
  FROM membership
 WHERE deploymentid = @DeploymentId AND status = @Status AND proxyport > 0;
$q$),
('DeleteMembershipTableEntriesKey', $q$
DELETE FROM membership_version WHERE deploymentid = @DeploymentId;
$q$),
-- 3 is SiloStatus.Active: never clean up a member that the cluster counts on.
('CleanupDefunctSiloEntriesKey', $q$
DELETE FROM membership WHERE deploymentid = @DeploymentId AND iamalivetime < @IAmAliveTime AND status <> 3;
$q$);

CREATE TABLE orleans.reminder (
  serviceid    text        NOT NULL,
  grainid      text        NOT NULL COLLATE "C",
  remindername text        NOT NULL,
  starttime    timestamptz NOT NULL,
  period       bigint      NOT NULL,   -- milliseconds
  grainhash    int         NOT NULL,
  version      int         NOT NULL,
  PRIMARY KEY (serviceid, grainid, remindername)
);
CREATE INDEX reminder_by_hash ON orleans.reminder (serviceid, grainhash);

INSERT INTO orleans.orleansquery (querykey, querytext) VALUES
('UpsertReminderRowKey', $q$
INSERT INTO reminder AS r (serviceid, grainid, remindername, starttime, period, grainhash, version)
VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
ON CONFLICT (serviceid, grainid, remindername) DO UPDATE
   SET starttime = excluded.starttime, period = excluded.period, grainhash = excluded.grainhash, version = r.version + 1
RETURNING version;
$q$),
('ReadReminderRowsKey', $q$
SELECT grainid, remindername, starttime, period, version FROM reminder
 WHERE serviceid = @ServiceId AND grainid = @GrainId;
$q$),
('ReadReminderRowKey', $q$
SELECT grainid, remindername, starttime, period, version FROM reminder
 WHERE serviceid = @ServiceId AND grainid = @GrainId AND remindername = @ReminderName;
$q$),
('ReadRangeRows1Key', $q$
SELECT grainid, remindername, starttime, period, version FROM reminder
 WHERE serviceid = @ServiceId AND grainhash > @BeginHash AND grainhash <= @EndHash;
$q$),
-- A range that wraps around the ring.
('ReadRangeRows2Key', $q$
SELECT grainid, remindername, starttime, period, version FROM reminder
 WHERE serviceid = @ServiceId AND (grainhash > @BeginHash OR grainhash <= @EndHash);
$q$),
('DeleteReminderRowKey', $q$
WITH gone AS (
  DELETE FROM reminder
   WHERE serviceid = @ServiceId AND grainid = @GrainId AND remindername = @ReminderName AND version = @Version
  RETURNING 1)
SELECT EXISTS (SELECT FROM gone);
$q$),
('DeleteReminderRowsKey', $q$
DELETE FROM reminder WHERE serviceid = @ServiceId;
$q$);

-- Grains that project nothing. The extension string is '' where Orleans gives none, so that the key has no null.
CREATE TABLE orleans.storage (
  serviceid              text        NOT NULL,
  graintypestring        text        NOT NULL,   -- the state's name
  grainidn0              bigint      NOT NULL,
  grainidn1              bigint      NOT NULL,
  grainidextensionstring text        NOT NULL COLLATE "C",
  payloadbinary          bytea,
  version                int         NOT NULL,
  written_at             timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (serviceid, graintypestring, grainidextensionstring, grainidn0, grainidn1)
);

-- Both hashes are parameters that Orleans always sends; our key does not need them, and a parameter must be named to be typed.
-- No row returned is Orleans' InconsistentStateException.
INSERT INTO orleans.orleansquery (querykey, querytext) VALUES
('WriteToStorageKey', $q$
WITH updated AS (
  UPDATE storage SET payloadbinary = @PayloadBinary, version = version + 1, written_at = now()
   WHERE serviceid = @ServiceId AND graintypestring = @GrainTypeString AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
     AND grainidextensionstring = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion::int
  RETURNING version),
inserted AS (
  INSERT INTO storage (serviceid, graintypestring, grainidn0, grainidn1, grainidextensionstring, payloadbinary, version)
  SELECT @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, coalesce(@GrainIdExtensionString, ''), @PayloadBinary, 1
   WHERE @GrainStateVersion::int IS NULL
  ON CONFLICT DO NOTHING
  RETURNING version)
SELECT version AS newgrainstateversion FROM updated UNION ALL SELECT version FROM inserted;
$q$),
('ReadFromStorageKey', $q$
SELECT payloadbinary, now() AS read_at, version FROM storage
 WHERE serviceid = @ServiceId AND graintypestring = @GrainTypeString AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
   AND grainidextensionstring = coalesce(@GrainIdExtensionString, '');
$q$),
('ClearStorageKey', $q$
UPDATE storage SET payloadbinary = NULL, version = version + 1, written_at = now()
 WHERE serviceid = @ServiceId AND graintypestring = @GrainTypeString AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
   AND grainidextensionstring = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion::int
RETURNING version AS newgrainstateversion;
$q$),
('DeleteStorageKey', $q$
DELETE FROM storage
 WHERE serviceid = @ServiceId AND graintypestring = @GrainTypeString AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
   AND grainidextensionstring = coalesce(@GrainIdExtensionString, '') AND version = @GrainStateVersion::int
RETURNING version + 1 AS newgrainstateversion;
$q$);

GRANT SELECT ON orleans.orleansquery TO grid_silo, grid_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON orleans.membership_version, orleans.membership, orleans.reminder, orleans.storage TO grid_silo;
-- The Api is an Orleans client: it finds the gateways.
GRANT SELECT ON orleans.membership_version, orleans.membership TO grid_api;
REVOKE ALL ON FUNCTION orleans.insert_membership, orleans.update_membership FROM PUBLIC;
GRANT EXECUTE ON FUNCTION orleans.insert_membership, orleans.update_membership TO grid_silo;
