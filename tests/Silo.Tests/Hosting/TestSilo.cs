using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.Silo.Hosting;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Silo.Tests.Hosting;

/// <summary>A silo in this process: the product's databases, grains, storage and streams; jobs and relays as a test asks for them.</summary>
internal sealed class TestSilo(WebApplication app) : IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    public IGrainFactory Grains => app.Services.GetRequiredService<IGrainFactory>();

    public string Url => app.Urls.Single();

    /// <param name="compose">Jobs and relays, and a test's own services in place of the product's.</param>
    public static async Task<TestSilo> StartAsync(string[] arguments, CancellationToken ct, Action<WebApplicationBuilder>? compose = null)
    {
        var builder = WebApplication.CreateBuilder(arguments);
        builder.AddGridDefaults("silo");
        builder.AddGridDatabases();
        builder.AddGridSilo();
        compose?.Invoke(builder);
        var app = builder.Build();
        app.MapGridDefaults();
        return await StartAsync(app, ct);
    }

    public static async Task<TestSilo> StartAsync(WebApplication app, CancellationToken ct)
    {
        await app.StartAsync(ct);
        return new(app);
    }

    /// <summary>Calls from here on are this person's of this tenant.</summary>
    public static void CallAs(string? tenant, string actor = "user-1", string role = "ComplianceManager")
    {
        RequestContext.Clear();
        if (tenant is not null) RequestContext.Set(CallContext.Tenant, tenant);
        RequestContext.Set(CallContext.Actor, actor);
        RequestContext.Set(CallContext.ActorRole, role);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}
