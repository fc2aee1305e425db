using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly.Telemetry;

namespace ComplianceGrid.ServiceDefaults.Http;

public static class GridHttpClientExtensions
{
    /// <summary>A header under which a repeat of an unsafe request is recognised by the server, so that it may be retried.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>
    /// A typed client with the one resilience definition: 10 s a try, 3 tries with exponential back-off and jitter, a breaker
    /// that opens at 5 failures for 30 s, and the vendor's rate. An unsafe method is retried only with an <see cref="IdempotencyKey"/>.
    /// </summary>
    /// <param name="name">The vendor or service; configured by section <c>HttpClients:{name}</c>.</param>
    public static IHttpClientBuilder AddGridHttpClient<TClient>(this IServiceCollection services, string name, Action<HttpClient>? configure = null)
        where TClient : class
    {
        services.AddOptions<GridHttpOptions>(name).BindConfiguration($"{GridHttpOptions.Section}:{name}")
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddJitter();
        services.Configure<TelemetryOptions>(options => options.SeverityProvider = SeverityOf);
        var client = services.AddHttpClient<TClient>(name, (provider, http) =>
        {
            http.BaseAddress = provider.GetRequiredService<IOptionsMonitor<GridHttpOptions>>().Get(name).BaseAddress;
            http.Timeout = Timeout.InfiniteTimeSpan; // each try has its own limit
            configure?.Invoke(http);
        });
        client.RemoveAllLoggers(); // their lines hold URLs, and a trace tells the same
        client.AddResilienceHandler("grid", (pipeline, context) =>
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            GridResilience.Build(pipeline, context.ServiceProvider.GetRequiredService<IOptionsMonitor<GridHttpOptions>>().Get(name),
                context.ServiceProvider.GetRequiredService<Jitter>());
        });
        return client;
    }

    /// <summary>
    /// A failed try is the caller's to report, once, when the last has failed. What only Polly knows is when the breaker opens
    /// and closes: one line each.
    /// </summary>
    private static ResilienceEventSeverity SeverityOf(SeverityProviderArguments args) =>
        args.Event.EventName is "OnCircuitOpened" or "OnCircuitClosed" ? ResilienceEventSeverity.Warning : ResilienceEventSeverity.Debug;
}
