using System.ComponentModel;
using System.Text.Json.Serialization;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Security;

/// <summary><c>POST /dev/token</c>: stands in for the authorization server on a developer's machine, and nowhere else.</summary>
internal static class DevelopmentIssuer
{
    public static void MapDevelopmentIssuer(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<IOptions<DevelopmentIssuerOptions>>().Value.Enabled) return;
        app.Environment.EnsureDevelopment("The development token issuer");

        app.MapPost("/dev/token", (TokenRequest request, HttpContext context, DevelopmentKey key, TimeProvider clock,
                IOptions<AuthenticationOptions> options, IOptions<DevelopmentIssuerOptions> issuer) =>
                Issue(request, context, key, clock, options.Value, issuer.Value))
            .OpenToEverybody().WithName("issueToken").ExcludeFromDescription();
    }

    private static IResult Issue(TokenRequest request, HttpContext context, DevelopmentKey key, TimeProvider clock,
        AuthenticationOptions options, DevelopmentIssuerOptions issuer)
    {
        if (!TenantId.IsValid(request.Tenant))
            return GridProblems.Result(context, GridError.Invalid, "tenant must be a slug: a lower-case letter, then letters, digits, hyphens.");
        if (request.User.Length is 0 or > 200 || request.User.Any(char.IsControl))
            return GridProblems.Result(context, GridError.Invalid, "user must have 1 to 200 printable characters.");
        if (request.Roles.Length == 0 || !request.Roles.All(role => role is not null && RoleTable.Permissions.ContainsKey(role)))
            return GridProblems.Result(context, GridError.Invalid, $"roles must be of {string.Join(", ", RoleTable.Permissions.Keys.Order())}.");

        context.Audit().Actor(request.Tenant, request.User, string.Join(',', request.Roles.Distinct().Order(StringComparer.Ordinal)));
        var now = clock.GetUtcNow();
        var life = TimeSpan.FromMinutes(issuer.TokenMinutes);
        return Results.Json(new TokenResponse(Sign(request, key, options, now, life, clock), "Bearer", (int)life.TotalSeconds));
    }

    private static string Sign(
        TokenRequest request, DevelopmentKey key, AuthenticationOptions options, DateTimeOffset now, TimeSpan life, TimeProvider clock)
    {
        var claims = new Dictionary<string, object>
        {
            [TokenClaims.Subject] = request.User,
            [TokenClaims.Tenant] = request.Tenant,
            [TokenClaims.Roles] = request.Roles,
            [JwtRegisteredClaimNames.Jti] = Guid.CreateVersion7(clock.GetUtcNow()).ToString(),
        };
        if (request.EmployeeId is { } employee) claims[TokenClaims.Employee] = employee.ToString("D");
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = options.Issuer,
            Audience = options.Audience,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + life).UtcDateTime,
            TokenType = "at+jwt",
            Claims = claims,
            SigningCredentials = new SigningCredentials(key.Key, SecurityAlgorithms.EcdsaSha256),
        });
    }
}

/// <param name="EmployeeId">The user's own employee record.</param>
internal sealed record TokenRequest(
    string Tenant, string User, string[] Roles, [property: Description("The user's own employee record.")] Guid? EmployeeId = null);

/// <summary>RFC 6749 §5.1.</summary>
internal sealed record TokenResponse(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("token_type")] string TokenType,
    [property: JsonPropertyName("expires_in")] int ExpiresIn);
