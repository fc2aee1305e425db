using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ComplianceGrid.Storage;

/// <summary>Name of the activity source and meter of everything in this assembly.</summary>
public static class StorageTelemetry
{
    public const string Name = "ComplianceGrid.Storage";

    internal static readonly ActivitySource Activities = new(Name);
    private static readonly Meter Meter = new(Name);

    internal static readonly Histogram<int> BatchSize =
        Meter.CreateHistogram<int>("grid.storage.batch.size", "{write}", "Grain writes in one transaction");
    internal static readonly Histogram<double> CommitDuration =
        Meter.CreateHistogram<double>("grid.storage.commit.duration", "s", "From the batch's first statement to its commit");
    internal static readonly Counter<long> Conflicts =
        Meter.CreateCounter<long>("grid.storage.conflicts", "{write}", "Writes refused because the stored version is another");
    internal static readonly Counter<long> Poisoned =
        Meter.CreateCounter<long>("grid.storage.poisoned", "{write}", "Writes that the database refuses for their data");
    internal static readonly Counter<long> UnknownOutcomes =
        Meter.CreateCounter<long>("grid.storage.unknown_outcomes", "{write}", "Writes whose commit was not answered");
    internal static readonly Counter<long> Unavailable =
        Meter.CreateCounter<long>("grid.storage.unavailable", "{write}", "Writes failed because the database was away");
    internal static readonly Counter<long> BrokenSeals =
        Meter.CreateCounter<long>("grid.storage.broken_seals", "{read}", "States that did not open: an anomaly");
    internal static readonly Counter<long> UnreadStates =
        Meter.CreateCounter<long>("grid.storage.unread_states", "{read}", "States in a form that this build does not know: a silo to upgrade");
    internal static readonly Counter<long> EventsAppended =
        Meter.CreateCounter<long>("grid.storage.events_appended", "{event}", "Events appended to the log by grain writes");
    internal static readonly Counter<long> LedgerEntries =
        Meter.CreateCounter<long>("grid.audit.entries", "{entry}", "Audit entries appended");
    internal static readonly Histogram<double> LedgerAppendDuration =
        Meter.CreateHistogram<double>("grid.ledger.append.duration", "s", "From a batch's first statement to its commit");
    internal static readonly Counter<long> LedgerConflicts =
        Meter.CreateCounter<long>("grid.ledger.conflicts", "{batch}", "Batches tried again because another writer appended");
}
