using System.Collections.Immutable;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Identity;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.Sessions;

/// <summary><c>/api/auth/session</c> and <c>/api/auth/users/{id}/sessions</c>: whoever is signed in, where, and an end to it.</summary>
internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder app)
    {
        var auth = app.MapGroup("/api/auth").WithTags("Sessions");
        auth.MapGet("/session", GetAsync).WithName("getSession").Answers(GridError.NotFound).RequirePermission(Permission.Self);
        auth.MapGet("/validate", Validate).WithName("validateToken").RequirePermission(Permission.Self);
        auth.MapPost("/logout", LogoutAsync).WithName("logout").Produces(StatusCodes.Status204NoContent).Answers(GridError.NotFound).RequirePermission(Permission.Self);
        auth.MapGet("/users/{id:guid}/sessions", ListAsync).WithName("listSessions").RequirePermission(Permission.Self);
        auth.MapDelete("/users/{id:guid}/sessions/{session:guid}", EndAsync).WithName("endSession").Produces(StatusCodes.Status204NoContent).Answers(GridError.NotFound).RequirePermission(Permission.Self);
    }

    private static async Task<SessionAnswer> GetAsync(HttpContext context, ISessions sessions)
    {
        var caller = context.Caller();
        return SessionAnswer.Of(await sessions.GetAsync(new(caller.Tenant, OwnOf(caller))));
    }

    /// <summary>What the token says, for a service that was handed it. It was checked like every other on the way here.</summary>
    private static TokenAnswer Validate(HttpContext context)
    {
        var caller = context.Caller();
        return new(caller.Tenant.Value, caller.User, caller.Roles, [.. caller.Permissions.Order(StringComparer.Ordinal)], caller.Session);
    }

    private static async Task<IResult> LogoutAsync(HttpContext context, AccountSessions sessions)
    {
        var caller = context.Caller();
        await sessions.EndAsync(AccountOf(caller), OwnOf(caller), SessionEndReason.SignedOut);
        return Results.NoContent();
    }

    private static async Task<SessionsAnswer> ListAsync(Guid id, HttpContext context, AccountSessions sessions)
    {
        var caller = context.Caller();
        RequireOwnOr(caller, id, Permission.SessionsRead);
        return new([.. (await sessions.OfAsync(id)).Where(session => session.Key.Tenant == caller.Tenant).Select(SessionAnswer.Of)]);
    }

    private static async Task<IResult> EndAsync(Guid id, Guid session, HttpContext context, AccountSessions sessions)
    {
        var caller = context.Caller();
        RequireOwnOr(caller, id, Permission.SessionsEnd);
        if (!(await sessions.OfAsync(id)).Any(known => known.Key == new SessionKey(caller.Tenant, session))
            || await sessions.EndAsync(id, session, SessionEndReason.Killed) is null)
            throw new GridException(GridError.NotFound, "There is no such session here that lives.");
        return Results.NoContent();
    }

    private static void RequireOwnOr(Caller caller, Guid account, string permission)
    {
        if (caller.User != account.ToString("D") && !caller.May(permission))
            throw new GridException(GridError.Forbidden, $"Others' sessions need the permission {permission}.");
    }

    private static Guid OwnOf(Caller caller) => caller.Session ?? throw new GridException(GridError.NotFound, "This token is of no session.");

    private static Guid AccountOf(Caller caller) => caller.Account ?? throw new GridException(GridError.NotFound, "This token is of no account.");
}

internal sealed record SessionsAnswer(ImmutableArray<SessionAnswer> Items);

/// <param name="EndsAt">Its absolute end; an idle session ends before.</param>
internal sealed record SessionAnswer(Guid Id, DateTimeOffset StartedAt, DateTimeOffset LastActivityAt, DateTimeOffset EndsAt, string ClientId, string? IpAddress, string? UserAgent)
{
    public static SessionAnswer Of(SessionRecord session) => new(
        session.Key.Session, session.StartedAt, session.LastActivityAt, session.EndsAt, session.Start.ClientId, session.Start.IpAddress, session.Start.UserAgent);
}

internal sealed record TokenAnswer(string Tenant, string User, ImmutableArray<string> Roles, ImmutableArray<string> Permissions, Guid? SessionId);
