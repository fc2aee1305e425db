using System.Net;
using ComplianceGrid.TestKit;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ComplianceGrid.Api.Tests.Hosting;

/// <summary>The host as <c>Program</c> builds it, on Kestrel: limits of body and header size are the server's.</summary>
internal sealed class ApiHost : WebApplicationFactory<Program>
{
    private readonly Dictionary<string, string?> _settings;
    private readonly string _environment;
    private readonly TimeProvider? _clock;
    private readonly TaskCompletionSource<IHostApplicationLifetime> _lifetime = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task? _starting;
    private readonly Lazy<Callers> _callers;

    /// <param name="started">False: for a host that cannot finish to start while its grid is away, though its port answers.</param>
    /// <param name="clock">In place of the system's.</param>
    public ApiHost(Dictionary<string, string?> settings, string environment = "Development", bool started = true, TimeProvider? clock = null)
    {
        (_settings, _environment, _clock) = (settings, environment, clock);
        var port = FreePorts.One();
        var own = settings.GetValueOrDefault("Kestrel:Endpoints:Public:Url"); // where endpoints are named, they and no others are opened
        if (own is null) UseKestrel(port);
        else UseKestrel();
        if (started) StartServer();
        else _starting = Task.Run(StartServer);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(own ?? $"http://127.0.0.1:{port}") };
        _callers = new(() => new(Services, Client));
    }

    public HttpClient Client { get; }

    /// <summary>An access token of somebody with these roles, got as everybody gets one.</summary>
    /// <param name="employee">Their own employee record.</param>
    /// <param name="sites">Those they may see; none: every site.</param>
    public Task<string> TokenAsync(string tenant, string[] roles, Guid? employee = null, string user = "me", string[]? sites = null) =>
        _callers.Value.TokenAsync(tenant, roles, employee, user, sites ?? []);

    /// <summary>Returns when the authorization server has keys, and people can sign in.</summary>
    public Task HasKeysAsync(CancellationToken ct) => Eventually.TrueAsync(
        async () => (await Client.GetAsync("/.well-known/jwks.json", ct)).IsSuccessStatusCode, "the authorization server has keys", ct);

    /// <summary>Returns when the port answers.</summary>
    public Task AnswersAsync(CancellationToken ct) => Eventually.TrueAsync(async () =>
    {
        try
        {
            await Client.GetAsync("/health/live", ct);
            return true;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }, "the port answers", ct);

    /// <summary>Returns when the host has read which sessions ended: without its grid it cannot judge a token before.</summary>
    public Task JudgesTokensAsync(string token, CancellationToken ct) => Eventually.TrueAsync(
        async () => (await Client.SendAsync(token, HttpMethod.Get, "/api/employees?limit=1")).StatusCode != HttpStatusCode.ServiceUnavailable, "it judges tokens", ct);

    public override async ValueTask DisposeAsync()
    {
        if (_starting is not null)
        {
            (await _lifetime.Task).StopApplication();
            await _starting.ContinueWith(_ => { }, TaskScheduler.Default); // it ends by being given up
        }

        await base.DisposeAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(_environment);
        builder.UseSetting("Logging:LogLevel:Default", "None");
        builder.UseSetting("Logging:LogLevel:Orleans", "None");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        if (_clock is { } clock) builder.ConfigureServices(services => services.AddSingleton(clock));
        builder.ConfigureServices(services => services.AddHostedService(provider => new Catch(provider.GetRequiredService<IHostApplicationLifetime>(), _lifetime)));
    }

    private sealed class Catch(IHostApplicationLifetime lifetime, TaskCompletionSource<IHostApplicationLifetime> caught) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            caught.TrySetResult(lifetime);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
