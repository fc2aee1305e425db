using System.Collections.Frozen;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.Audit;

/// <summary>Which endpoint writes which entry: the one place. By the operation's name; an endpoint without a line does not start.</summary>
internal static class AuditCatalogue
{
    public static readonly FrozenDictionary<string, AuditLine> Lines = new Dictionary<string, AuditLine>
    {
        ["token"] = new("sessions", AuditAction.Login) { IsProtected = true },
        ["login"] = new("sessions", AuditAction.Login) { IsProtected = true },
        ["mfaChallenge"] = new("sessions", AuditAction.Login) { IsProtected = true },
        ["refreshTokens"] = new("sessions", AuditAction.Read) { IsProtected = true },
        ["switchTenant"] = new("sessions", AuditAction.TenantSwitched) { IsProtected = true },
        ["logout"] = new("sessions", AuditAction.Logout) { IsProtected = true },
        ["getSession"] = new("sessions", AuditAction.Read) { IsProtected = true },
        ["validateToken"] = new("sessions", AuditAction.Read) { IsProtected = true },
        ["listSessions"] = new("sessions", AuditAction.Read) { IsProtected = true },
        ["endSession"] = new("sessions", AuditAction.Delete) { IsProtected = true },
        ["listApiKeys"] = new("api-keys", AuditAction.Read) { IsProtected = true },
        ["getApiKey"] = new("api-keys", AuditAction.Read) { IsProtected = true },
        ["makeApiKey"] = new("api-keys", AuditAction.ApiKeyCreated) { IsProtected = true },
        ["rotateApiKey"] = new("api-keys", AuditAction.ApiKeyRotated) { IsProtected = true },
        ["revokeApiKey"] = new("api-keys", AuditAction.ApiKeyRevoked) { IsProtected = true },
        ["enrollMfa"] = new("factors", AuditAction.Create) { IsProtected = true },
        ["enrollTelephone"] = new("factors", AuditAction.Create) { IsProtected = true },
        ["sendSmsCode"] = new("factors", AuditAction.Read) { IsProtected = true },
        ["verifyMfa"] = new("factors", AuditAction.MfaEnrolled) { IsProtected = true },
        ["passkeyOptions"] = new("factors", AuditAction.Read) { IsProtected = true },
        ["addPasskey"] = new("factors", AuditAction.MfaEnrolled) { IsProtected = true },
        ["listPasskeys"] = new("factors", AuditAction.Read) { IsProtected = true },
        ["ownPasskeyOptions"] = new("factors", AuditAction.Read) { IsProtected = true },
        ["addOwnPasskey"] = new("factors", AuditAction.MfaEnrolled) { IsProtected = true },
        ["namePasskey"] = new("factors", AuditAction.Update) { IsProtected = true },
        ["removePasskey"] = new("factors", AuditAction.Delete) { IsProtected = true },
        ["changePassword"] = new("passwords", AuditAction.PasswordReset) { IsProtected = true },
        ["askFactorReset"] = new("factors", AuditAction.Update) { IsProtected = true },
        ["getFactorReset"] = new("factors", AuditAction.Read) { IsProtected = true },
        ["withdrawFactorReset"] = new("factors", AuditAction.Update) { IsProtected = true },
        ["approveFactorReset"] = new("factors", AuditAction.Delete) { IsProtected = true },
        ["authorize"] = new("sessions", AuditAction.Read) { IsProtected = true },
        ["consent"] = new("clients", AuditAction.Create) { IsProtected = true },
        ["userInfo"] = new("accounts", AuditAction.Read) { IsProtected = true },
        ["endSessionOfClient"] = new("sessions", AuditAction.Read) { IsProtected = true },
        ["signInPage"] = new("pages", AuditAction.Read),
        ["signIn"] = new("sessions", AuditAction.Login) { IsProtected = true },
        ["factorPage"] = new("pages", AuditAction.Read),
        ["signInFactor"] = new("sessions", AuditAction.Login) { IsProtected = true },
        ["signInApp"] = new("factors", AuditAction.MfaEnrolled) { IsProtected = true },
        ["signInTelephone"] = new("factors", AuditAction.Create) { IsProtected = true },
        ["signInTelephoneCode"] = new("factors", AuditAction.MfaEnrolled) { IsProtected = true },
        ["signInSms"] = new("factors", AuditAction.Read) { IsProtected = true },
        ["signInPasskey"] = new("factors", AuditAction.MfaEnrolled) { IsProtected = true },
        ["continuePage"] = new("pages", AuditAction.Read),
        ["signOutPage"] = new("pages", AuditAction.Read),
        ["signOut"] = new("sessions", AuditAction.Logout) { IsProtected = true },
        ["resetPage"] = new("pages", AuditAction.Read),
        ["resetByPage"] = new("passwords", AuditAction.Create) { IsProtected = true },
        ["newPassword"] = new("passwords", AuditAction.PasswordReset) { IsProtected = true },
        ["requestPasswordReset"] = new("passwords", AuditAction.Create) { IsProtected = true },
        ["confirmPasswordReset"] = new("passwords", AuditAction.PasswordReset) { IsProtected = true },

        ["listEmployees"] = new("employees", AuditAction.Read) { IsProtected = true, Personal = PersonalDetail.Query },
        ["getEmployee"] = new("employees", AuditAction.Read) { IsProtected = true },
        ["hireEmployee"] = new("employees", AuditAction.Create) { Source = AuditSource.Grain, Personal = PersonalDetail.BeforeAndAfter },
        ["updateEmployee"] = new("employees", AuditAction.Update) { Source = AuditSource.Grain, Personal = PersonalDetail.BeforeAndAfter },
        ["endEmployment"] = new("employees", AuditAction.Delete) { Source = AuditSource.Grain, Personal = PersonalDetail.BeforeAndAfter },
        ["waiveRequirement"] = new("waivers", AuditAction.Update) { Source = AuditSource.Grain, Personal = PersonalDetail.BeforeAndAfter },
        ["getClearance"] = new("clearances", AuditAction.Read) { Source = AuditSource.RequestPerRecord, IsProtected = true },
        ["askClearances"] = new("clearances", AuditAction.Read) { Source = AuditSource.RequestPerRecord, IsProtected = true, Room = 1 << 20 },

        ["getPolicy"] = new("policies", AuditAction.Read),
        ["publishPolicy"] = new("policies", AuditAction.PolicyUpdated) { Source = AuditSource.Grain },

        ["listOrders"] = new("orders", AuditAction.Read) { IsProtected = true, Personal = PersonalDetail.Query },
        ["listParkedEvents"] = new("events", AuditAction.Read),
        ["replayParkedEvent"] = new("events", AuditAction.Update) { IsProtected = true },
        ["getOrder"] = new("orders", AuditAction.Read) { IsProtected = true },
        ["placeOrder"] = new("orders", AuditAction.Create) { Source = AuditSource.Grain },

        ["complianceSummary"] = new("reports", AuditAction.ReportGenerated),

        ["logEntry"] = new("audit", AuditAction.Create) { IsProtected = true, Personal = PersonalDetail.Given, Room = 128 << 10 },
        ["logEntries"] = new("audit", AuditAction.Create) { IsProtected = true, Personal = PersonalDetail.Given, Room = 4 << 20 },
        ["searchAuditLog"] = new("audit", AuditAction.Read) { IsProtected = true, Personal = PersonalDetail.Query },
        ["getAuditEntry"] = new("audit", AuditAction.Read) { IsProtected = true },
        ["userActivity"] = new("audit", AuditAction.Read) { IsProtected = true, Personal = PersonalDetail.Query },
        ["resourceHistory"] = new("audit", AuditAction.Read) { IsProtected = true, Personal = PersonalDetail.Query },
        ["auditHealth"] = new("audit", AuditAction.Read),
        ["auditMetrics"] = new("audit", AuditAction.Read),

        ["getCheckpoint"] = new("checkpoints", AuditAction.Read) { IsProtected = true },
        ["makeCheckpoint"] = new("checkpoints", AuditAction.Create) { IsProtected = true },
        ["getLedgerKeys"] = new("checkpoints", AuditAction.Read) { IsProtected = true },
        ["proveInclusion"] = new("proofs", AuditAction.Read) { IsProtected = true },
        ["proveConsistency"] = new("proofs", AuditAction.Read) { IsProtected = true },
    }.ToFrozenDictionary();

    // They show no tenant's data; kept in the host's own log.
    private static readonly string[] Unrecorded = ["/health/live", "/health/ready", "/metrics", "/openapi", "/reference", "/scalar", "/.well-known/", "/pages/"];

    public static AuditLine? LineOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName is { } name && Lines.TryGetValue(name, out var line) ? line : null;

    private static readonly string[] Recorded = ["/api", "/dev", "/connect", "/audit", "/sign-in", "/sign-out", "/reset"];

    public static bool IsRecorded(PathString path) => Recorded.Any(part => path.StartsWithSegments(part));

    /// <summary>Call it after the last endpoint is mapped.</summary>
    /// <exception cref="InvalidOperationException">The catalogue has no line for an endpoint.</exception>
    public static void RequireAuditLinesEverywhere(this IEndpointRouteBuilder routes)
    {
        var forgotten = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => LineOf(endpoint) is null && !IsUnrecorded(endpoint.RoutePattern.RawText!))
            .Select(endpoint => endpoint.RoutePattern.RawText).ToArray();
        if (forgotten.Length > 0)
            throw new InvalidOperationException($"The audit catalogue has no line for {string.Join(", ", forgotten)}.");
    }

    private static bool IsUnrecorded(string route) => Unrecorded.Any(prefix => route.StartsWith(prefix, StringComparison.Ordinal) || route.StartsWith(prefix[1..], StringComparison.Ordinal));
}
