using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.ServiceDefaults.Tests;

/// <summary>A host with the defaults on a real Kestrel, in the environment Production unless said.</summary>
internal sealed class TestApp(WebApplication app) : IAsyncDisposable
{
    public HttpClient Http { get; } = new()
    {
        BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()),
    };

    public static async Task<TestApp> StartAsync(
        Action<WebApplication>? map = null, Action<WebApplicationBuilder>? build = null,
        Dictionary<string, string?>? settings = null, CancellationToken ct = default)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection([new("Urls", "http://127.0.0.1:0"), .. settings ?? []]);
        builder.AddGridDefaults("api");
        build?.Invoke(builder);
        var app = builder.Build();
        app.MapGridDefaults();
        map?.Invoke(app);
        await app.StartAsync(ct);
        return new TestApp(app);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
    }
}
