using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Security;

/// <summary>Who calls, for which one tenant, and what they may do: the token's claims, checked.</summary>
internal sealed record Caller(TenantId Tenant, string User, ImmutableArray<string> Roles, Guid? EmployeeId, Guid? Session = null)
{
    public FrozenSet<string> Permissions { get; init; } = RoleTable.Of(Roles);

    /// <summary>Those whose people the caller may see; none: every site.</summary>
    public ImmutableArray<string> Sites { get; init; } = [];

    /// <summary>The same, as read models take it.</summary>
    public IReadOnlyList<string>? OnlySites => Sites.IsEmpty ? null : Sites;

    public bool Sees(string site) => Sites.IsEmpty || Sites.Contains(site);

    /// <summary>The person's; null: it is no person's, but a service or a key.</summary>
    public Guid? Account => Guid.TryParseExact(User, "D", out var account) ? account : null;

    /// <summary>As it stands in audit entries: the roles, comma-joined.</summary>
    public string Role => string.Join(',', Roles);

    public bool May(string permission) => Permissions.Contains(permission);

    /// <summary>The claims must name one tenant, one subject and at least one role that exists.</summary>
    public static bool TryCreate(ClaimsPrincipal principal, [NotNullWhen(true)] out Caller? caller)
    {
        caller = null;
        if (!TenantId.TryParse(Only(principal, TokenClaims.Tenant), null, out var tenant)) return false;
        if (Only(principal, TokenClaims.Subject) is not { Length: > 0 and <= 200 } user || user.Any(char.IsControl)) return false;
        var roles = principal.FindAll(TokenClaims.Roles).Select(claim => claim.Value)
            .Where(RoleTable.Permissions.ContainsKey).Distinct().Order(StringComparer.Ordinal).ToImmutableArray();
        if (roles.IsEmpty) return false;
        Guid? employee = Guid.TryParseExact(Only(principal, TokenClaims.Employee), "D", out var id) ? id : null;
        Guid? session = Guid.TryParseExact(Only(principal, TokenClaims.Session), "D", out var sid) ? sid : null;
        caller = new(tenant, user, roles, employee, session) { Sites = [.. principal.FindAll(TokenClaims.Sites).Select(claim => claim.Value)] };
        return true;
    }

    private static string? Only(ClaimsPrincipal principal, string type) =>
        principal.FindAll(type).Take(2).ToArray() is [var only] ? only.Value : null;
}

/// <summary>Claims of an access token.</summary>
internal static class TokenClaims
{
    public const string Tenant = "tenant";
    public const string Subject = "sub";
    /// <summary>A JSON array.</summary>
    public const string Roles = "roles";
    /// <summary>The sites that the caller may see; absent: all.</summary>
    public const string Sites = "sites";
    /// <summary>The session that the token is of (OpenID Connect Front-Channel Logout §3); absent: a service's.</summary>
    public const string Session = "sid";
    /// <summary>The certificate that the token is bound to, as an object (RFC 8705 §3.1); absent: whoever bears it may use it.</summary>
    public const string Confirmation = "cnf";
    /// <summary>How the person proved who they are (RFC 8176), a JSON array.</summary>
    public const string Methods = "amr";
    /// <summary>The caller's own employee record, if they have one in this tenant.</summary>
    public const string Employee = "employee_id";
}
