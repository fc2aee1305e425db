using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ComplianceGrid.ServiceDefaults.Telemetry;

internal static class GridTelemetry
{
    /// <summary>All activity sources and meters of the product.</summary>
    private const string Ours = "ComplianceGrid.*";
    private const string Orleans = "Microsoft.Orleans*";

    public static void AddGridTelemetry(this WebApplicationBuilder builder, string service)
    {
        builder.Services.AddOptions<TracingOptions>().BindConfiguration(TracingOptions.Section)
            .ValidateDataAnnotations().ValidateOnStart();
        var tracing = builder.Configuration.GetSection(TracingOptions.Section).Get<TracingOptions>() ?? new();
        var exportsOtlp = !string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, serviceNamespace: "compliance-grid"))
            .WithTracing(traces => AddTraces(traces, tracing, service))
            .WithMetrics(AddMetrics);
        if (exportsOtlp) telemetry.UseOtlpExporter();
    }

    /// <summary>For the scraper beside the host; who may read from elsewhere must be let in by <c>Metrics:AllowRemote</c>.</summary>
    public static void MapGridMetrics(this WebApplication app)
    {
        var metrics = app.MapPrometheusScrapingEndpoint("/metrics");
        if (!app.Configuration.GetValue<bool>("Metrics:AllowRemote")) metrics.RequireLoopback();
    }

    private static void AddTraces(TracerProviderBuilder traces, TracingOptions options, string service)
    {
        traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(options.SampleRatio)))
            .AddSource(Ours, Orleans)
            .AddAspNetCoreInstrumentation(web => web.Filter = context => !IsPolled(context.Request.Path))
            .AddHttpClientInstrumentation()
            .AddNpgsql();
        if (!string.IsNullOrEmpty(options.File))
            traces.AddProcessor(new BatchActivityExportProcessor(new FileSpanExporter(options.File, service), scheduledDelayMilliseconds: 250));
    }

    private static void AddMetrics(MeterProviderBuilder metrics) => metrics
        .AddMeter(Ours, Orleans, "Npgsql", "Polly", "Quartz", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel",
            "Microsoft.AspNetCore.RateLimiting", "Microsoft.AspNetCore.Diagnostics", "System.Net.Http")
        .AddRuntimeInstrumentation()
        .AddPrometheusExporter();

    private static bool IsPolled(PathString path) => path.StartsWithSegments("/health") || path.StartsWithSegments("/metrics");

    private static void RequireLoopback(this IEndpointConventionBuilder endpoint) =>
        endpoint.Add(built =>
        {
            var serve = built.RequestDelegate ?? throw new InvalidOperationException("The metrics endpoint has no handler.");
            built.RequestDelegate = context => IsLocal(context) ? serve(context) : Refuse(context);
        });

    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
