using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Server.Keys;
using ComplianceGrid.Api.Security;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Health;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Encryption;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenIddict.EntityFrameworkCore.Models;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using AuthenticationOptions = ComplianceGrid.Api.Security.AuthenticationOptions;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>The authorization server (OAuth 2.0 and OpenID Connect, by OpenIddict), as this host runs it.</summary>
internal static class AuthorizationServerExtensions
{
    private static readonly PathString[] OwnAddresses = ["/connect", "/.well-known", GridGrants.MfaChallenge, GridGrants.Refresh, GridGrants.SwitchTenant];

    public static void AddAuthorizationServer(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<AuthorizationServerOptions>().BindConfiguration(AuthorizationServerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddScoped<TokenEndpoint>();
        services.AddClients();
        services.AddOpenIddict().AddServer(server =>
        {
            Configure(server);
            builder.AddMutualTls(server);
        });
        services.Replace(ServiceDescriptor.Singleton<IAuthenticationSchemeProvider, QuietSchemes>());
        services.AddOptions<OpenIddictServerOptions>().Configure<IOptions<AuthenticationOptions>, IOptions<AuthorizationServerOptions>, TimeProvider>((server, authentication, options, clock) =>
        {
            server.Issuer = new(authentication.Value.Issuer);
            server.AccessTokenLifetime = TimeSpan.FromMinutes(options.Value.AccessTokenMinutes);
            server.TimeProvider = clock;
        });
        services.AddOptions<OpenIddictServerAspNetCoreOptions>().Configure<IHostEnvironment>((server, environment) =>
            server.DisableTransportSecurityRequirement = environment.IsDevelopment()); // a developer's machine has no certificate
        AddKeys(builder);
    }

    /// <summary>The registered clients and their tokens. Needs the accounts' database.</summary>
    public static void AddClients(this IServiceCollection services)
    {
        services.AddScoped<ClientDirectory>();
        services.AddOpenIddict().AddCore(core =>
        {
            core.ReplaceApplicationManager<OpenIddictEntityFrameworkCoreApplication<Guid>, ClientManager>();
            core.UseEntityFrameworkCore().UseDbContext<IdentityDb>().ReplaceDefaultEntities<Guid>();
        });
    }

    private static void Configure(OpenIddictServerBuilder server)
    {
        server.SetTokenEndpointUris("/connect/token", GridGrants.MfaChallenge, GridGrants.Refresh, GridGrants.SwitchTenant)
            .SetIntrospectionEndpointUris("/connect/introspect")
            .SetAuthorizationEndpointUris(GridGrants.Authorize)
            .SetUserInfoEndpointUris(GridGrants.UserInfo)
            .SetEndSessionEndpointUris(GridGrants.EndSession)
            .SetRevocationEndpointUris("/connect/revoke")
            .SetJsonWebKeySetEndpointUris("/.well-known/jwks.json");
        server.AllowRefreshTokenFlow().AllowClientCredentialsFlow().AllowCustomFlow(GridGrants.SignIn);
        server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
        server.SetAuthorizationCodeLifetime(TimeSpan.FromMinutes(1));
        server.Configure(options =>
        {
            options.CodeChallengeMethods.Clear();
            options.CodeChallengeMethods.Add(CodeChallengeMethods.Sha256); // RFC 9700 §2.1.1: plain shows the verifier to whom it must hide it from
            options.ResponseModes.Clear();
            options.ResponseModes.Add(ResponseModes.Query); // the others need a page with script
        });
        server.SetRefreshTokenReuseLeeway(TimeSpan.Zero);
        server.DisableAccessTokenEncryption(); // RFC 9068: a resource server reads it
        server.IgnoreScopePermissions();
        server.RegisterScopes(Scopes.OpenId, Scopes.OfflineAccess, Scopes.Profile, Scopes.Email);
        server.RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.ExtractPostRequest<ExtractTokenRequestContext>.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Introspection.ValidateAuthorizedParty.Descriptor).AddEventHandler(IntrospectedTokens.Descriptor);
        server.AddEventHandler(ReadTokenRequest.Descriptor).AddEventHandler(WriteProblem.Descriptor).AddEventHandler(ReusedTokens.Descriptor);
        server.UseAspNetCore().EnableTokenEndpointPassthrough().EnableAuthorizationEndpointPassthrough().EnableUserInfoEndpointPassthrough()
            .EnableEndSessionEndpointPassthrough().EnableErrorPassthrough();
    }

    private static void AddKeys(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<ServerKeyRing>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(provider => provider.GetRequiredService<ServerKeyRing>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(provider => provider.GetRequiredService<ServerKeyRing>());
        if (OpenApiBuild.IsRunning) return; // the document needs no keys
        services.AddFileMasterKey(builder.Configuration["MasterKey:File"] is { Length: > 0 } file ? file : throw new InvalidOperationException("MasterKey:File is not configured."));
        services.AddSingleton<ServerKeyStore>();
        services.AddGridLoop(ServerKeyLoop.LoopName, provider => ActivatorUtilities.CreateInstance<ServerKeyLoop>(provider));
        services.AddReadiness("server-keys", (provider, _) =>
            Task.FromResult(provider.GetRequiredService<ServerKeyRing>().Keys.AreThere ? null : "the authorization server has no keys yet"));
        services.AddDataProtection().SetApplicationName("compliance-grid").PersistKeysToDbContext<IdentityDb>();
        services.AddOptions<KeyManagementOptions>().Configure<IMasterKey>((keys, master) => keys.XmlEncryptor = new MasterKeyXmlEncryptor(master));
    }

    /// <summary>Until the keys are read nothing but health and metrics answers: saying so beats a fault, and a wrong key.</summary>
    public static void UseGridAuthentication(this IApplicationBuilder app)
    {
        var ring = app.ApplicationServices.GetRequiredService<ServerKeyRing>();
        app.Use((context, next) => ring.Keys.AreThere || (context.GetEndpoint() is { } endpoint && EndpointPermissions.IsInfrastructure(endpoint))
            ? next(context)
            : throw new GridException(GridError.Unavailable, "The authorization server has no keys yet. Try again."));
        app.UseWhen(context => OwnAddresses.Any(address => context.Request.Path.StartsWithSegments(address)), own => own.Use(AnswerAsync));
        app.UseAuthentication();
    }

    // What authentication does for every scheme that handles requests, for this one and at its own addresses.
    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        var handlers = context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        var server = (IAuthenticationRequestHandler)(await handlers.GetHandlerAsync(context, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme))!;
        if (!await server.HandleRequestAsync()) await next(context);
    }

    public static void MapAuthorizationServer(this IEndpointRouteBuilder app) =>
        app.MapPost("/connect/token", TokenEndpoint.HandleAsync).WithName("token").OpenToEverybody().ExcludeFromDescription();
}
