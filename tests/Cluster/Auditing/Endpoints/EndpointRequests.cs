namespace ComplianceGrid.Cluster.Auditing.Endpoints;

/// <summary>
/// For each operation of the OpenAPI documents a request that succeeds, by a role that may. A new operation needs a line here, and its
/// entries in <c>expectations.json</c> (run the test with <c>GRID_UPDATE_EXPECTATIONS=1</c>, and read what it wrote).
/// </summary>
internal static class EndpointRequests
{
    public static readonly IReadOnlyDictionary<string, Func<AuditedTenant, HttpRequestMessage>> Of = new Dictionary<string, Func<AuditedTenant, HttpRequestMessage>>
    {
        ["listEmployees"] = t => t.As("Supervisor", HttpMethod.Get, "/api/employees?site=dallas&limit=2"),
        ["getEmployee"] = t => t.As("Adjudicator", HttpMethod.Get, $"/api/employees/{t.Id("employee-read")}"),
        ["hireEmployee"] = t => t.As("ComplianceManager", HttpMethod.Post, "/api/employees", t.Hire("employee-hired")),
        ["updateEmployee"] = t => t.As("TenantAdmin", HttpMethod.Put, $"/api/employees/{t.Id("employee-updated")}", AuditedTenant.Profile("employee-updated", familyName: "Changed")).IfMatch(),
        ["endEmployment"] = t => t.As("TenantAdmin", HttpMethod.Delete, $"/api/employees/{t.Id("employee-ended")}?lastDay=2026-11-30").IfMatch(),
        ["waiveRequirement"] = t => t.As("ComplianceManager", HttpMethod.Post, $"/api/employees/{t.Id("employee-waived")}/waivers",
            new { requirement = "handbook", requestedBy = "a-supervisor", until = "2027-01-31" }).IfMatch(),
        ["getClearance"] = t => t.As("Supervisor", HttpMethod.Get, $"/api/employees/{t.Id("employee-read")}/clearance?function=work&at=2026-11-20T08:00:00Z"),
        ["askClearances"] = t => t.As("Supervisor", HttpMethod.Post, "/api/clearances", new
        {
            questions = new[]
            {
                new { employeeId = t.Id("employee-read"), function = "work", at = "2026-11-20T08:00:00Z" },
                new { employeeId = t.Id("nobody"), function = "drive", at = "2026-11-20T08:00:00Z" },
            },
        }),

        ["getPolicy"] = t => t.As("SystemAdmin", HttpMethod.Get, "/api/policies"),
        ["publishPolicy"] = t => t.As("TenantAdmin", HttpMethod.Put, "/api/policies", AuditedTenant.Policy("the company handbook, second edition")).IfMatch(),

        ["listOrders"] = t => t.As("Adjudicator", HttpMethod.Get, "/api/orders?limit=1"),
        ["getOrder"] = t => t.As("Adjudicator", HttpMethod.Get, $"/api/orders/{t.Id("order-1")}"),
        ["placeOrder"] = t => t.As("ComplianceManager", HttpMethod.Post, "/api/orders", t.Order("order-placed", "employee-read")),

        ["listParkedEvents"] = t => t.As("TenantAdmin", HttpMethod.Get, "/api/parked-events?limit=1"),
        ["replayParkedEvent"] = t => t.As("TenantAdmin", HttpMethod.Post, $"/api/parked-events/{t.Id("event-parked")}/replay"),

        ["getSession"] = t => t.As("Supervisor", HttpMethod.Get, "/api/auth/session"),
        ["validateToken"] = t => t.As("Supervisor", HttpMethod.Get, "/api/auth/validate"),
        ["logout"] = t => t.As(AuditedTenant.Leaving, HttpMethod.Post, "/api/auth/logout"),
        ["listSessions"] = t => t.As("SecurityOfficer", HttpMethod.Get, $"/api/auth/users/{t.Claim("Supervisor", "sub")}/sessions"),
        ["endSession"] = t => t.As("SecurityOfficer", HttpMethod.Delete, $"/api/auth/users/{t.Claim(AuditedTenant.ThrownOut, "sub")}/sessions/{t.Claim(AuditedTenant.ThrownOut, "sid")}"),

        ["changePassword"] = t => t.As(AuditedTenant.Changing, HttpMethod.Post, "/api/auth/password", new { current_password = t.Password, new_password = "copper lantern drifts past noon" }),
        ["login"] = t => t.SigningIn("login"),
        ["mfaChallenge"] = t => t.SigningIn("mfa-challenge"),
        ["enrollMfa"] = t => t.SigningIn("mfa/enroll"),
        ["verifyMfa"] = t => t.SigningIn("mfa/verify"),
        ["enrollTelephone"] = t => t.SigningIn("mfa/telephone"),
        ["sendSmsCode"] = t => t.SigningIn("mfa/sms"),
        ["passkeyOptions"] = t => t.SigningIn("passkeys/options"),
        ["addPasskey"] = t => t.SigningIn("passkeys"),
        ["refreshTokens"] = t => t.SigningIn("refresh"),
        ["switchTenant"] = t => t.SigningIn("tenant"),
        ["requestPasswordReset"] = t => t.SigningIn("password/reset-request"),
        ["confirmPasswordReset"] = t => t.SigningIn("password/reset-confirm"),

        ["listPasskeys"] = t => t.As("Supervisor", HttpMethod.Get, "/api/auth/passkeys"),
        ["ownPasskeyOptions"] = t => t.As("Supervisor", HttpMethod.Post, "/api/auth/passkeys/own/options"),
        ["addOwnPasskey"] = t => t.As(AuditedTenant.Adding, HttpMethod.Post, "/api/auth/passkeys/own", t.NewPasskey),
        ["namePasskey"] = t => t.As(AuditedTenant.Renaming, HttpMethod.Put, $"/api/auth/passkeys/{t.Id("passkey-renamed")}", new { name = "key in the safe" }),
        ["removePasskey"] = t => t.As(AuditedTenant.Dropping, HttpMethod.Delete, $"/api/auth/passkeys/{t.Id("passkey-removed")}"),
        ["askFactorReset"] = t => t.As("SecurityOfficer", HttpMethod.Post, t.FactorReset(AuditedTenant.Asked)),
        ["getFactorReset"] = t => t.As("SecurityOfficer", HttpMethod.Get, t.FactorReset(AuditedTenant.Read)),
        ["withdrawFactorReset"] = t => t.As("TenantAdmin", HttpMethod.Delete, t.FactorReset(AuditedTenant.Withdrawn)),
        ["approveFactorReset"] = t => t.As("TenantAdmin", HttpMethod.Post, t.FactorReset(AuditedTenant.Approved) + "/approval"),

        ["listApiKeys"] = t => t.As("SecurityOfficer", HttpMethod.Get, "/api/auth/api-keys"),
        ["makeApiKey"] = t => t.As("TenantAdmin", HttpMethod.Post, "/api/auth/api-keys", AuditedTenant.ApiKey()),
        ["getApiKey"] = t => t.As("SecurityOfficer", HttpMethod.Get, $"/api/auth/api-keys/{t.Id("key-read")}"),
        ["rotateApiKey"] = t => t.As("ComplianceManager", HttpMethod.Post, $"/api/auth/api-keys/{t.Id("key-rotated")}/rotate", new { }).IfMatch(),
        ["revokeApiKey"] = t => t.As("SecurityOfficer", HttpMethod.Delete, $"/api/auth/api-keys/{t.Id("key-revoked")}"),

        ["complianceSummary"] = t => t.As("SecurityOfficer", HttpMethod.Get, "/api/reports/compliance-summary"),

        ["logEntry"] = t => t.As(AuditedTenant.Service, HttpMethod.Post, "/audit/log", t.Entry("entry-alone")),
        ["logEntries"] = t => t.As(AuditedTenant.Service, HttpMethod.Post, "/audit/log/batch", new { entries = new[] { t.Entry("entry-first"), t.Entry("entry-second") } }),
        ["searchAuditLog"] = t => t.As("SecurityOfficer", HttpMethod.Get, $"/audit/logs?query=id:{t.Id("entry-there")}"),
        ["getAuditEntry"] = t => t.As("Auditor", HttpMethod.Get, $"/audit/logs/{t.Id("entry-there")}"),
        ["userActivity"] = t => t.As("Auditor", HttpMethod.Get, "/audit/user/sender-of-entry-there/activity"),
        ["resourceHistory"] = t => t.As("Auditor", HttpMethod.Get, "/audit/resource/badges?user=sender-of-entry-there"),
        ["auditHealth"] = t => t.As("SystemAdmin", HttpMethod.Get, "/audit/health"),
        ["auditMetrics"] = t => t.As("SystemAdmin", HttpMethod.Get, "/audit/metrics"),
        ["makeCheckpoint"] = t => t.As("SecurityOfficer", HttpMethod.Post, "/audit/checkpoint"),
        ["getCheckpoint"] = t => t.As("Auditor", HttpMethod.Get, "/audit/checkpoint"),
        ["getLedgerKeys"] = t => t.As("Auditor", HttpMethod.Get, "/audit/keys"),
        ["proveInclusion"] = t => t.As("Auditor", HttpMethod.Get, $"/audit/logs/{t.Id("entry-there")}/proof"),
        ["proveConsistency"] = t => t.As("Auditor", HttpMethod.Get, "/audit/proof/consistency?from=1&to=2"),

        ["checkrWebhook"] = t => t.Webhook($"/webhooks/checkr/{t.Connection}", "evt_audited_1", t.Reports["order-1"]),
        ["checkrAccountWebhook"] = t => t.Webhook("/webhooks/checkr", "evt_audited_2", t.Reports["order-2"]),
        ["placeCheckrOrder"] = t => t.AsSilo("vendor-orders:place", HttpMethod.Post, "/integrations/checkr/orders", new
        {
            orderKey = $"{AuditedTenant.Name}/{t.Id("order-of-silo")}",
            product = "driver_pro",
            givenName = "Given",
            familyName = "Family",
            email = "audited@example.test",
        }),
        ["checkrStatus"] = t => t.AsSilo("integrations:read", HttpMethod.Get, "/integrations/checkr/status"),
        // For whoever watches, without a token, and no tenant's data: the one documented operation that leaves nothing.
        ["integrationsHealth"] = t => t.ByAnyone(HttpMethod.Get, "/integrations/health"),
    };

    /// <summary>Whoever is signed in may: nobody is refused.</summary>
    public static readonly IReadOnlySet<string> ForEverybodySignedIn = new HashSet<string>
    {
        "getSession", "validateToken", "logout", "changePassword", "listPasskeys", "ownPasskeyOptions", "addOwnPasskey", "namePasskey", "removePasskey",
    };

    /// <summary>What this installation does not offer: everybody is refused.</summary>
    public static readonly IReadOnlySet<string> SwitchedOff = new HashSet<string> { "enrollTelephone", "sendSmsCode" };

    private static HttpRequestMessage IfMatch(this HttpRequestMessage request)
    {
        request.Headers.IfMatch.Add(System.Net.Http.Headers.EntityTagHeaderValue.Any);
        return request;
    }
}
