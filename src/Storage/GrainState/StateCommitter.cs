using System.Diagnostics;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Storage;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>Commits groups of writes and tells each its own outcome.</summary>
internal sealed partial class StateCommitter(StateTransaction transaction, EventHints events, OutboxHints outbox, TimeProvider time, ILogger logger)
{
    private const int DeadlockRetries = 3;

    public async Task CommitAsync(List<StateWrite> group)
    {
        // Two activations of one grain may race within a group: one statement cannot write a row twice, so the second waits its turn.
        while (group.Count > 0)
        {
            HashSet<(string, string)> rows = [];
            List<StateWrite> round = [], later = [];
            foreach (var write in group) (rows.Add(write.Row) ? round : later).Add(write);
            round.Sort(ByKey);
            await CommitRoundAsync(round);
            group = later;
        }
    }

    private async Task CommitRoundAsync(List<StateWrite> writes)
    {
        using var activity = StorageTelemetry.Activities.StartActivity(
            "grid.storage.commit", ActivityKind.Client, default(ActivityContext), links: Links(writes));
        activity?.SetTag("grid.storage.batch.size", writes.Count);
        var started = time.GetTimestamp();
        try
        {
            Settle(writes, await RunAsync(writes));
            StorageTelemetry.BatchSize.Record(writes.Count);
            StorageTelemetry.CommitDuration.Record(time.GetElapsedTime(started).TotalSeconds);
        }
        catch (OutcomeUnknownException e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, "outcome unknown");
            StorageTelemetry.UnknownOutcomes.Add(writes.Count);
            LogOutcomeUnknown(logger, e.InnerException!, writes.Count);
            foreach (var write in writes)
                write.Fail(new InconsistentStateException("The commit was not answered: it may or may not stand.", "unknown", ETag(write)));
        }
        catch (Exception e) when (DatabaseErrors.IsAway(e))
        {
            activity?.SetStatus(ActivityStatusCode.Error, "database away");
            StorageTelemetry.Unavailable.Add(writes.Count);
            LogAway(logger, e, writes.Count);
            foreach (var write in writes) write.Fail(new GridException(GridError.Unavailable, "The grain storage's database is away; nothing was written."));
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, "refused");
            await SplitAsync(writes, e);
        }
    }

    private async Task<Committed> RunAsync(List<StateWrite> writes)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await transaction.RunAsync(writes);
            }
            catch (PostgresException e) when (attempt < DeadlockRetries
                && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                LogRetry(logger, e.SqlState, attempt);
            }
        }
    }

    // What the database refuses is refused as a whole; halves find the row that is to blame.
    private async Task SplitAsync(List<StateWrite> writes, Exception e)
    {
        if (writes is [var poisoned])
        {
            var state = (e as PostgresException)?.SqlState ?? e.GetType().Name;
            StorageTelemetry.Poisoned.Add(1);
            LogPoisoned(logger, poisoned.StateName, state);
            poisoned.Fail(Refusal(e, poisoned.StateName, state));
            return;
        }

        var half = writes.Count / 2;
        await CommitRoundAsync(writes[..half]);
        await CommitRoundAsync(writes[half..]);
    }

    private void Settle(List<StateWrite> writes, Committed committed)
    {
        events.Signal(committed.Events);
        outbox.Signal(writes.Where(write => committed.Rows.Contains(write.Row)).SelectMany(write => write.Commit.Outbox));
        StorageTelemetry.EventsAppended.Add(committed.Events.Length);
        foreach (var write in writes)
        {
            if (committed.Rows.Contains(write.Row))
            {
                write.Succeed();
                continue;
            }

            StorageTelemetry.Conflicts.Add(1);
            write.Fail(new InconsistentStateException("The stored state has another version.", "another", ETag(write)));
        }
    }

    private static GridException Refusal(Exception e, string stateName, string sqlState) =>
        e is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "employee_tenant_id_employee_number_key" }
            ? new(GridError.AlreadyExists, "The employee number is taken by another record.")
            : new(GridError.Fault, $"The database refused the state '{stateName}' ({sqlState}).");

    private static List<ActivityLink> Links(List<StateWrite> writes)
    {
        List<ActivityLink> links = [];
        foreach (var write in writes)
        {
            if (write.Caller != default) links.Add(new(write.Caller));
        }

        return links;
    }

    private static string ETag(StateWrite write) => GridStorage.ETag(write.Expected) ?? "none";

    private static int ByKey(StateWrite a, StateWrite b)
    {
        var byState = string.CompareOrdinal(a.StateName, b.StateName);
        return byState != 0 ? byState : string.CompareOrdinal(a.Key, b.Key);
    }

    [LoggerMessage(4001, LogLevel.Error, "A commit of {Writes} grain writes was not answered")]
    private static partial void LogOutcomeUnknown(ILogger logger, Exception exception, int writes);

    [LoggerMessage(4002, LogLevel.Error, "The database is away: {Writes} grain writes failed")]
    private static partial void LogAway(ILogger logger, Exception exception, int writes);

    [LoggerMessage(4003, LogLevel.Warning, "A group of grain writes is tried again after {SqlState}, attempt {Attempt}")]
    private static partial void LogRetry(ILogger logger, string sqlState, int attempt);

    [LoggerMessage(4004, LogLevel.Error, "The database refused a write of state {StateName}: {SqlState}")]
    private static partial void LogPoisoned(ILogger logger, string stateName, string sqlState);
}
