using System.Diagnostics.Metrics;

namespace ComplianceGrid.Api.Ledger;

internal static class LedgerTelemetry
{
    private static readonly Meter Meter = new("ComplianceGrid.Ledger");

    public static readonly Counter<long> Signed = Meter.CreateCounter<long>("grid.ledger.checkpoints.signed", description: "Checkpoints signed");
    public static readonly Counter<long> Refused = Meter.CreateCounter<long>("grid.ledger.checkpoints.refused", description: "Checkpoints not signed, because the log is not what was signed before");
}
