using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.Storage.Identity;
using Npgsql;

namespace ComplianceGrid.Api.Identity.ApiKeys;

internal static class ApiKeysExtensions
{
    private const string Scheme = "Bearer ";

    /// <summary>Needs the accounts' database and the master key.</summary>
    public static void AddApiKeys(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(provider => new ApiKeyStore(provider.GetRequiredKeyedService<NpgsqlDataSource>("Grid")));
        services.AddSingleton(provider => new HashKeys(provider.GetRequiredKeyedService<NpgsqlDataSource>("Grid"), provider.GetRequiredService<IMasterKey>()));
        services.AddSingleton<ApiKeyHash>().AddSingleton<ApiKeyCache>().AddSingleton<ApiKeyUse>().AddSingleton<ApiKeyGate>();
        if (OpenApiBuild.IsRunning) return; // the document needs the endpoints only
        services.AddGridLoop(ApiKeyUse.LoopName, provider => provider.GetRequiredService<ApiKeyUse>());
    }

    /// <summary>
    /// After authentication by tokens, which takes no key for one. A key counts where a caller is asked for, and nowhere else: no one signs in by it.
    /// </summary>
    public static void UseApiKeys(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<EndpointPermission>() is { Permission: not null } && Presented(context) is { } text)
        {
            var verdict = await context.RequestServices.GetRequiredService<ApiKeyGate>().JudgeAsync(text, context.RequestAborted);
            context.Present(verdict.Caller);
            if (verdict.Caller is null) Refuse(context.Audit(), verdict);
        }

        await next(context);
    });

    private static string? Presented(HttpContext context) =>
        context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme + ApiKeyText.Mark, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..] : null;

    private static void Refuse(AuditScope audit, ApiKeyVerdict verdict)
    {
        audit.Did(AuditAction.ApiKeyDenied);
        if (verdict is { Tenant: { } tenant, Prefix: { } prefix }) audit.Actor(tenant.Value, ApiKeyGate.Actor(prefix), ApiKeyGate.Role);
    }
}
