using ComplianceGrid.ServiceDefaults;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Security;

/// <summary>
/// The seam of authentication: all that the rest of the host knows is an authenticated principal with <see cref="TokenClaims"/>.
/// OpenIddict's validation takes this method's place, and changes nothing else.
/// </summary>
internal static class AuthenticationExtensions
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    public static void AddGridAuthentication(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AuthenticationOptions>().BindConfiguration(AuthenticationOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<DevelopmentIssuerOptions>().BindConfiguration(DevelopmentIssuerOptions.Section).ValidateDataAnnotations().ValidateOnStart();

        var issuer = builder.Configuration.GetSection(DevelopmentIssuerOptions.Section).Get<DevelopmentIssuerOptions>() ?? new();
        if (issuer.Enabled) builder.Environment.EnsureDevelopment("The development token issuer");
        var accepted = builder.Configuration.GetSection(AuthenticationOptions.Section).Get<AuthenticationOptions>() ?? new();
        services.AddSingleton(SigningKey.Load(accepted, issuer));

        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<SigningKey, IOptions<AuthenticationOptions>>((bearer, key, options) => Configure(bearer, key, options.Value));
    }

    private static void Configure(JwtBearerOptions bearer, SigningKey key, AuthenticationOptions options)
    {
        bearer.MapInboundClaims = false;
        bearer.IncludeErrorDetails = false;
        bearer.TokenValidationParameters = new()
        {
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            IssuerSigningKey = key.Key,
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            ValidTypes = ["at+jwt"], // RFC 9068 §2.1: an identity token is no access token
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = ClockSkew,
            NameClaimType = TokenClaims.Subject,
            RoleClaimType = TokenClaims.Roles,
        };
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (!Caller.TryCreate(context.Principal!, out _)) context.Fail("The token names no tenant, subject and known role.");
                return Task.CompletedTask;
            },
        };
    }
}
