using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.Identity.Server.Keys;
using ComplianceGrid.Api.Identity.Sessions;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Security;

/// <summary>
/// Checks access tokens (RFC 9068): signed by this authorization server, for this API, and of a session that lives. All that the rest of the
/// host knows is an authenticated principal with <see cref="TokenClaims"/>.
/// </summary>
internal static class AuthenticationExtensions
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public static void AddGridAuthentication(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AuthenticationOptions>().BindConfiguration(AuthenticationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ValidatedTokens>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<ServerKeyRing, ValidatedTokens, IOptions<AuthenticationOptions>>((bearer, ring, tokens, options) => Configure(bearer, ring, tokens, options.Value));
    }

    private static void Configure(JwtBearerOptions bearer, ServerKeyRing ring, ValidatedTokens tokens, AuthenticationOptions options)
    {
        bearer.TokenHandlers.Clear();
        bearer.TokenHandlers.Add(tokens);
        bearer.IncludeErrorDetails = false;
        bearer.TokenValidationParameters = new()
        {
            ValidIssuers = [options.Issuer, new Uri(options.Issuer).AbsoluteUri],
            ValidAudience = options.Audience,
            IssuerSigningKeyResolver = (_, _, id, _) => ring.Keys.Signing.Where(key => string.IsNullOrEmpty(id) || key.KeyId == id),
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = ["at+jwt"], // RFC 9068 §2.1: an identity token is no access token
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
            NameClaimType = TokenClaims.Subject,
            RoleClaimType = TokenClaims.Roles,
        };
        bearer.Events = new JwtBearerEvents { OnTokenValidated = CheckAsync };
    }

    private static SessionGate GateOf(HttpContext context) => context.RequestServices.GetRequiredService<SessionGate>();

    private static async Task CheckAsync(TokenValidatedContext context)
    {
        if (!Caller.TryCreate(context.Principal!, out var caller)) context.Fail("The token names no tenant, subject and known role.");
        else if (!MutualTls.Admits(context.Principal!, context.HttpContext)) context.Fail("The token is bound to a certificate that this connection does not show.");
        else if (caller.Session is { } session && !await GateOf(context.HttpContext).CheckAsync(new(caller.Tenant, session), context.HttpContext.RequestAborted))
            context.Fail("The token's session has ended.");
        else if (caller is { Session: null, Roles: not [RoleTable.Service] }) context.Fail("A person's token is of a session.");
        else context.HttpContext.Present(caller);
    }
}
