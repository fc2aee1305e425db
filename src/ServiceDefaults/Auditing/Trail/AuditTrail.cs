using System.Collections.Immutable;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.ServiceDefaults.Auditing.Trail;

/// <summary>
/// Makes entries durable that ride in nobody's transaction, before their answer leaves: in the store, or in the spool when the store does
/// not answer in time. While the spool holds entries that the drain has not taken, new ones go behind them.
/// </summary>
public sealed partial class AuditTrail : BackgroundService
{
    private readonly Spool _spool;
    private readonly AuditTrailOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<AuditTrail> _log;
    private readonly LaneQueue[] _lanes;
    private readonly Func<string, int> _laneOf;
    private volatile bool _answers = true;

    public AuditTrail(IAuditSink sink, Spool spool, IOptions<AuditTrailOptions> options, TimeProvider clock, ILogger<AuditTrail> log)
    {
        (_spool, _options, _clock, _log, _laneOf) = (spool, options.Value, clock, log, sink.LaneOf);
        _lanes = [.. Enumerable.Range(0, sink.Lanes).Select(lane => new LaneQueue(lane, sink, _options, Answered, log))];
        Drain = new(spool, sink, _options, clock, Answered);
    }

    internal SpoolDrain Drain { get; }

    private bool MayAskStore => !_spool.HasWaiting && (_answers || _spool.IsEmpty);

    /// <summary>Before the act: keeps room for the entries that it may leave (AU-5).</summary>
    /// <exception cref="GridException"><see cref="GridError.AuditNoRoom"/>: there is none, and the tenant fails closed.</exception>
    public AuditRoom Admit(string tenant, int bytes)
    {
        if (_spool.TryReserve(bytes)) return new(_spool, bytes);
        ThrowIfClosed(tenant);
        return default;
    }

    /// <summary>Returns when every entry is durable, or is given up because the tenant fails open.</summary>
    /// <param name="entries">Of one tenant.</param>
    /// <param name="isProtected">Reads of protected data, authentication events, refusals.</param>
    /// <exception cref="GridException"><see cref="GridError.AuditNoRoom"/>: they are not known to be.</exception>
    public async ValueTask WriteAsync(ImmutableArray<AuditEntry> entries, bool isProtected)
    {
        if (entries.IsEmpty || (MayAskStore && await StoredInTimeAsync(entries, isProtected))) return;
        try
        {
            await _spool.AppendAsync(entries);
            SpoolTelemetry.Spooled.Add(entries.Length);
        }
        catch (SpoolException full)
        {
            ThrowIfClosed(entries[0].TenantId);
            SpoolTelemetry.Lost.Add(entries.Length);
            LogLost(full, entries.Length, entries[0].TenantId);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(_lanes.Select(lane => lane.RunAsync(stoppingToken)));

    private async Task<bool> StoredInTimeAsync(ImmutableArray<AuditEntry> entries, bool isProtected)
    {
        if (_lanes[_laneOf(entries[0].TenantId)].TryWrite(entries) is not { } handover) return false;
        var stored = handover.Stored.Task;
        if (!stored.IsCompleted)
        {
            using var stop = new CancellationTokenSource();
            var late = Task.Delay(TimeSpan.FromSeconds(isProtected ? _options.ProtectedSeconds : _options.PlainSeconds), _clock, stop.Token);
            if (await Task.WhenAny(stored, late) == late)
            {
                handover.GivenUp = true;
                _answers = false;
                return false;
            }

            await stop.CancelAsync();
        }

        return await stored;
    }

    private void Answered(bool well) => _answers = well;

    private void ThrowIfClosed(string tenant)
    {
        if (_options.Refuses(tenant))
            throw new GridException(GridError.AuditNoRoom, "There is no room to put this on record, so nothing is done or shown. Try again.");
    }

    [LoggerMessage(31, LogLevel.Critical, "{Entries} audit entries of tenant {Tenant}, who fails open, are lost: the spool has no room.")]
    private partial void LogLost(Exception full, int entries, string tenant);
}

/// <summary>Room kept in the spool for one request; none, when its tenant fails open.</summary>
public readonly struct AuditRoom(Spool? spool, int bytes) : IDisposable
{
    public void Dispose() => spool?.Release(bytes);
}
