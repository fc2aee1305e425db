using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Identity;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// From one of a person's tenants to another: a new session there, by what was proved at the sign-in, which it never outlives; the one
/// before ends. One token is for one tenant.
/// </summary>
internal sealed class TenantSwitch(Memberships memberships, FactorDemands demands, AccountSessions sessions, AuditTrail trail, TimeProvider clock)
{
    /// <exception cref="GridException"><see cref="GridError.Invalid"/>: none of their other tenants. <see cref="GridError.Forbidden"/>: it asks for a sign-in of its own.</exception>
    public async Task<SignedIn> ToAsync(HttpContext context, SignedIn from, string? wanted, CancellationToken ct)
    {
        context.Audit().Did(AuditAction.TenantSwitched, from.Membership);
        var to = (await memberships.OfAccountAsync(from.Account.Id, ct)).SingleOrDefault(membership => membership.Tenant.Value == wanted && membership.Tenant != from.Membership.Tenant)
            ?? throw new GridException(GridError.Invalid, "tenant must be another one of yours.");
        if (!from.Methods.Contains(SignInMethods.HardwareKey) && await demands.DemandPasskeyAsync([to], ct))
            throw new GridException(GridError.Forbidden, "What you are in that tenant needs a passkey. Sign in to it by one.");

        var session = await sessions.StartAsync(new SessionKey(to.Tenant, SessionIds.New()), from.Session.Start with
        {
            Privileged = RoleTable.ArePrivileged(to.Roles),
            IpAddress = context.ClientAddress(),
            UserAgent = context.UserAgent(),
            SignedInAt = from.Session.SignedInAt,
        });
        if (!session.IsAlive) throw new GridException(GridError.Forbidden, "Your sign-in is too old for what you are in that tenant. Sign in to it anew.");
        await trail.WriteAsync([Arrival(context, to, session)], isProtected: true); // in its log before there is a token of it
        await sessions.EndAsync(from.Account.Id, from.Session.Key.Session, SessionEndReason.SignedOut);
        return new(from.Account, to, session, from.Methods);
    }

    // Neither log names the other tenant: whose member somebody else is, is not theirs to know.
    private AuditEntry Arrival(HttpContext context, Membership to, SessionRecord session)
    {
        var now = clock.GetUtcNow();
        return new()
        {
            Id = Guid.CreateVersion7(now),
            Timestamp = now,
            TenantId = to.Tenant.Value,
            UserId = to.AccountId.ToString("D"),
            UserRole = string.Join(',', to.Roles),
            Action = AuditAction.TenantSwitched,
            Resource = "sessions",
            ResourceId = session.Key.Session.ToString("D"),
            IpAddress = context.ClientAddress(),
            UserAgent = context.UserAgent(),
            RequestId = GridProblems.RequestIdOf(context),
            Success = true,
        };
    }
}
