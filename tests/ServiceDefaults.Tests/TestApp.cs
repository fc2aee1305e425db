using ComplianceGrid.ServiceDefaults.Edge;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.ServiceDefaults.Tests;

/// <summary>A host with the defaults on a real Kestrel, in the environment Production unless said.</summary>
internal sealed class TestApp(WebApplication app) : IAsyncDisposable
{
    public HttpClient Http { get; } = new() { BaseAddress = AddressOf(app) };

    public Uri Address => Http.BaseAddress!;

    public static async Task<TestApp> StartAsync(
        Action<WebApplication>? map = null, Action<WebApplicationBuilder>? build = null,
        Dictionary<string, string?>? settings = null, string environment = "Production", CancellationToken ct = default)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection([new("Urls", "http://127.0.0.1:0")]).AddInMemoryCollection(settings ?? []);
        builder.AddGridDefaults("api");
        build?.Invoke(builder);
        var app = builder.Build();
        try
        {
            app.UseGridEdge();
            app.MapGridDefaults();
            map?.Invoke(app);
            await app.StartAsync(ct);
            return new TestApp(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync(CancellationToken.None); // requests that were answered have also ended
        await app.DisposeAsync();
    }

    private static Uri AddressOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
}
