using System.Diagnostics.Metrics;
using ComplianceGrid.ServiceDefaults.Loops;
using Npgsql;

namespace ComplianceGrid.Silo.Clock;

/// <summary>
/// Reads PostgreSQL's clock before anything else of the silo starts, and each second. Ends the silo when its machine's clock was set back: libraries
/// live by that one. After a step of minutes Orleans refuses to activate a grain (until the time is reached for which it last collected idle ones), and
/// librdkafka's threads sleep for as long.
/// </summary>
internal sealed partial class ClockLoop : GridLoop, IHostedLifecycleService
{
    public const string LoopName = "clock";

    /// <summary>An answer that took longer tells too little: this process, or the database, stood still meanwhile.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(1);

    /// <summary>What NTP keeps, even when it keeps it badly.</summary>
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(1);

    /// <summary>What libraries get over.</summary>
    private static readonly TimeSpan SetBackTolerated = TimeSpan.FromSeconds(30);

    private readonly GridClock _clock;
    private readonly SetBackWatch _setBack;
    private readonly NpgsqlDataSource _database;
    private readonly IHostApplicationLifetime _host;
    private readonly ILogger _log;
    private bool _isOff;

    public ClockLoop(GridClock clock, NpgsqlDataSource database, IHostApplicationLifetime host, IMeterFactory meters, ILogger<ClockLoop> log)
        : base(LoopName, TimeSpan.FromSeconds(1), clock, log)
    {
        (_clock, _setBack, _database, _host, _log) = (clock, new(clock.Machine), database, host, log);
        meters.Create("ComplianceGrid.Silo").CreateObservableGauge(
            "grid.clock.machine_ahead", () => clock.MachineAhead.TotalSeconds, "s", "By how much this machine's clock is ahead of PostgreSQL's, by which the grid goes");
    }

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            LogUnread(e); // the loop tries again
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task<bool> StepAsync(CancellationToken ct)
    {
        EndIfSetBack();
        await ReadAsync(ct);
        return false;
    }

    internal void EndIfSetBack()
    {
        var by = _setBack.Look();
        if (by <= SetBackTolerated || _host.ApplicationStopping.IsCancellationRequested) return;
        LogSetBack(by.TotalSeconds);
        Environment.ExitCode = 1;
        _host.StopApplication();
    }

    internal async Task ReadAsync(CancellationToken ct)
    {
        await using var connection = await _database.OpenConnectionAsync(ct); // which may take its time
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var asked = _clock.GetTimestamp();
        var shown = (DateTime)(await command.ExecuteScalarAsync(ct))!;
        var answered = _clock.GetTimestamp();
        if (_clock.GetElapsedTime(asked, answered) > Telling) throw new TimeoutException("PostgreSQL took too long to tell the time.");
        _clock.Follow(shown, asked, answered);
        Watch(_clock.MachineAhead);
    }

    private void Watch(TimeSpan ahead)
    {
        var isOff = ahead.Duration() > Tolerated;
        if (isOff == _isOff) return;
        _isOff = isOff;
        if (isOff) LogOff(ahead.TotalSeconds);
        else LogRight();
    }

    [LoggerMessage(360, LogLevel.Warning, "PostgreSQL's clock cannot be read: until it can, the silo goes by this machine's.")]
    private partial void LogUnread(Exception e);

    [LoggerMessage(361, LogLevel.Error, "This machine's clock is {Seconds:0.0} s ahead of PostgreSQL's, by which the grid goes. Certificates and log lines go by the machine's: have NTP set it.")]
    private partial void LogOff(double seconds);

    [LoggerMessage(362, LogLevel.Information, "This machine's clock agrees with PostgreSQL's again.")]
    private partial void LogRight();

    [LoggerMessage(363, LogLevel.Critical, "This machine's clock was set back by {Seconds:0} s: the silo ends, to start anew by the right one.")]
    private partial void LogSetBack(double seconds);
}
