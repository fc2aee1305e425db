using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Identity;
using ComplianceGrid.Tenancy;
using Microsoft.AspNetCore.DataProtection;

namespace ComplianceGrid.Api.Identity.Pages;

/// <param name="Methods">How the person proved who they are (RFC 8176).</param>
internal sealed record BrowserTicket(Guid Account, string Tenant, Guid Session, ImmutableArray<string> Methods)
{
    public SessionKey Key => new(new TenantId(Tenant), Session);
}

/// <summary>
/// The cookie by which a browser is signed in. It names a session and holds no token; pages and the authorization endpoint read it, the API
/// never does, so no other site can make the browser call the API with it.
/// </summary>
internal sealed class BrowserSession(IDataProtectionProvider protection, SessionGate gate, AccountSessions sessions)
{
    public const string Cookie = "__Host-session";
    private const int Longest = 2048;
    private static readonly object Ended = new();
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("browser-session").ToTimeLimitedDataProtector();

    /// <summary>In place of the session that the browser had, which ends: one browser, one person.</summary>
    public async Task BeginAsync(HttpContext context, SignedIn done)
    {
        if (Read(context) is { } before) await sessions.EndAsync(before.Account, before.Session, SessionEndReason.SignedOut);
        var ticket = new BrowserTicket(done.Account.Id, done.Membership.Tenant.Value, done.Session.Key.Session, done.Methods);
        context.Response.Cookies.Append(Cookie, _protector.Protect(JsonSerializer.Serialize(ticket), done.Session.EndsAt), PageCookies.Options());
    }

    /// <summary>Null: nobody is signed in, or their session has ended.</summary>
    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>: nobody can say now.</exception>
    public async ValueTask<BrowserTicket?> FindAsync(HttpContext context, CancellationToken ct)
    {
        if (Read(context) is not { } ticket) return null;
        if (await gate.CheckAsync(ticket.Key, ct)) return ticket;
        Forget(context);
        return null;
    }

    /// <summary>Ends the session wherever else its tokens are, and forgets it here.</summary>
    public async Task EndAsync(HttpContext context)
    {
        if (Read(context) is { } ticket) await sessions.EndAsync(ticket.Account, ticket.Session, SessionEndReason.SignedOut);
        Forget(context);
    }

    private static void Forget(HttpContext context)
    {
        context.Items[Ended] = true;
        context.Response.Cookies.Delete(Cookie, PageCookies.Options());
    }

    private BrowserTicket? Read(HttpContext context) =>
        !context.Items.ContainsKey(Ended) && _protector.Read(context, Cookie, Longest) is { } ticket ? JsonSerializer.Deserialize<BrowserTicket>(ticket) : null;
}
