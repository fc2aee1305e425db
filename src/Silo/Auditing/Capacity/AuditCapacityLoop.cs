using System.Diagnostics.Metrics;
using System.Globalization;
using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Audit;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Silo.Auditing.Capacity;

/// <summary>Samples the audit store's size once an hour, and keeps the forecast for health, metrics and log.</summary>
internal sealed partial class AuditCapacityLoop : GridLoop
{
    public const string LoopName = "audit-capacity";

    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1), SampleEvery = TimeSpan.FromHours(1), RepeatWarning = TimeSpan.FromDays(1);

    private readonly AuditStoreSizes _sizes;
    private readonly AuditCapacityOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private CapacityForecast? _forecast;
    private DateTimeOffset _warnedAt;

    public AuditCapacityLoop(AuditStoreSizes sizes, IOptions<AuditCapacityOptions> options, IMeterFactory meters, TimeProvider time, ILogger<AuditCapacityLoop> log)
        : base(LoopName, Step, time, log)
    {
        (_sizes, _options, _time, _log) = (sizes, options.Value, time, log);
        var meter = meters.Create("ComplianceGrid.Silo");
        meter.CreateObservableGauge("grid.audit.store.bytes", () => Observe(forecast => forecast.UsedBytes), "By", "Size of the audit database");
        meter.CreateObservableGauge("grid.audit.store.capacity", () => (double)_options.Bytes, "By", "What the audit database may fill");
        meter.CreateObservableGauge("grid.audit.store.days_left", () => Observe(forecast => forecast.DaysLeft), "d", "Days until the audit database fills its capacity; absent while it does not grow");
    }

    public override TimeSpan Patience => TimeSpan.FromMinutes(5);

    /// <summary>Why an operator must act now; null: there is room.</summary>
    public string? Warning => Volatile.Read(ref _forecast) is { } forecast && IsShort(forecast) ? Words(forecast) : null;

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        await RefreshAsync(ct);
        return false;
    }

    internal async Task RefreshAsync(CancellationToken ct)
    {
        var now = _time.GetUtcNow();
        await _sizes.SampleAsync(now, SampleEvery, ct);
        Volatile.Write(ref _forecast, CapacityForecast.Of(await _sizes.ReadAsync(now.AddDays(-_options.WindowDays), ct), _options.Bytes));
        if (Warning is not { } warning || now - _warnedAt < RepeatWarning) return;
        _warnedAt = now;
        LogShort(warning);
    }

    private bool IsShort(CapacityForecast forecast) =>
        forecast.DaysLeft < _options.WarnDays || forecast.UsedBytes >= _options.WarnShare * _options.Bytes;

    private string Words(CapacityForecast forecast) => string.Create(CultureInfo.InvariantCulture,
        $"{forecast.UsedBytes / 1e9:0.0} of {_options.Gigabytes:0.0} GB used, growing by {forecast.BytesPerDay / 1e9:0.00} GB a day: {(forecast.DaysLeft is { } days ? $"full in {days:0} days" : "not growing")}.");

    private IEnumerable<Measurement<double>> Observe(Func<CapacityForecast, double?> value) =>
        Volatile.Read(ref _forecast) is { } forecast && value(forecast) is { } figure ? [new(figure)] : [];

    [LoggerMessage(330, LogLevel.Error, "The audit store runs out of room (AU-4): {Warning}")]
    private partial void LogShort(string warning);
}
