using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using ComplianceGrid.Integrations;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.Tenancy;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Gateway.Ordering;

/// <summary>Checks the silo's service tokens (<see cref="ServiceTokens"/>).</summary>
internal static class ServiceTokenServices
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    public static IServiceCollection AddServiceTokens(this IServiceCollection services)
    {
        var options = services.AddOptions<ServiceTokenOptions>().BindConfiguration(ServiceTokenOptions.Section);
        if (!OpenApiBuild.IsRunning) options.ValidateDataAnnotations().ValidateOnStart();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<ServiceTokenOptions>, TimeProvider>((bearer, tokens, time) => Configure(bearer, tokens.Value, time));
        services.AddAuthorizationBuilder()
            .AddPolicy(ServiceTokens.PlaceOrders, policy => policy.RequireAssertion(call => IsAllowed(call.User, ServiceTokens.PlaceOrders)))
            .AddPolicy(ServiceTokens.ReadStatus, policy => policy.RequireAssertion(call => IsAllowed(call.User, ServiceTokens.ReadStatus)));
        return services;
    }

    /// <summary>The tenant in whose name the call is made.</summary>
    public static TenantId TenantOf(ClaimsPrincipal caller) => new(caller.FindFirstValue(ServiceTokens.TenantClaim)!);

    /// <summary>The token says so, and whoever signed it may say so.</summary>
    private static bool IsAllowed(ClaimsPrincipal caller, string permission) =>
        caller.HasClaim(ServiceTokens.PermissionClaim, permission) && ServiceCalls.Allows(caller.FindFirstValue("iss"), ServiceTokens.IntegrationsAudience, permission);

    private static void Configure(JwtBearerOptions bearer, ServiceTokenOptions tokens, TimeProvider time)
    {
        bearer.MapInboundClaims = false;
        bearer.TokenValidationParameters = new()
        {
            ValidIssuer = ServiceTokens.Issuer,
            ValidAudience = ServiceTokens.IntegrationsAudience,
            IssuerSigningKey = new ECDsaSecurityKey(LoadKey(tokens.PublicKeyFile)),
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            LifetimeValidator = (notBefore, expires, _, _) => IsAlive(notBefore, expires, time.GetUtcNow().UtcDateTime),
        };
        bearer.Events = new()
        {
            OnTokenValidated = context =>
            {
                if (!IsShortAndNamed(context.Principal!)) context.Fail("The token lacks a tenant or a request id, or lives too long.");
                return Task.CompletedTask;
            },
        };
    }

    private static ECDsa LoadKey(string file)
    {
        var key = ECDsa.Create();
        if (file.Length > 0) key.ImportFromPem(File.ReadAllText(file));
        return key;
    }

    private static bool IsAlive(DateTime? notBefore, DateTime? expires, DateTime now) =>
        expires is { } end && now < end + Skew && (notBefore is not { } start || now >= start - Skew);

    private static bool IsShortAndNamed(ClaimsPrincipal caller) =>
        TenantId.IsValid(caller.FindFirstValue(ServiceTokens.TenantClaim))
        && !string.IsNullOrEmpty(caller.FindFirstValue(ServiceTokens.RequestIdClaim))
        && Seconds(caller, "iat") is { } issued && Seconds(caller, "exp") is { } expires
        && expires - issued <= ServiceTokens.LongestLife.TotalSeconds;

    private static long? Seconds(ClaimsPrincipal caller, string claim) =>
        long.TryParse(caller.FindFirstValue(claim), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
}
