namespace ComplianceGrid.Api.Identity.Server;

/// <summary>What this server adds to the standard's own names.</summary>
internal static class GridGrants
{
    /// <summary>A password and a second factor, given to a page or application of ours (never a resource owner password grant: RFC 9700 §2.4).</summary>
    public const string SignIn = "urn:compliance-grid:grant:sign-in";

    /// <summary>The client that <c>/api/auth</c> speaks for: public, ours, and the only one with <see cref="SignIn"/>.</summary>
    public const string FirstParty = "compliance-grid";

    public const string Authorize = "/connect/authorize";
    public const string UserInfo = "/connect/userinfo";
    public const string EndSession = "/connect/endsession";
    public const string MfaChallenge = "/api/auth/mfa-challenge";
    public const string Refresh = "/api/auth/refresh";
    public const string SwitchTenant = "/api/auth/tenant";
}
