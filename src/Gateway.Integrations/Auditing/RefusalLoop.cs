using ComplianceGrid.ServiceDefaults.Loops;
using ComplianceGrid.Storage.Inbox;

namespace ComplianceGrid.Gateway.Auditing;

/// <summary>Writes refusals to the audit outbox; on the way out, all that is left.</summary>
internal sealed class RefusalLoop(RefusalLedger ledger, AuditOutbox outbox, TimeProvider time, ILogger<RefusalLoop> log)
    : GridLoop(LoopName, TimeSpan.FromMilliseconds(200), time, log)
{
    public const string LoopName = "refusal-audit";

    protected override Task<bool> StepAsync(CancellationToken ct) => WriteAsync(all: false, ct);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteAsync(all: true, cancellationToken);
    }

    private async Task<bool> WriteAsync(bool all, CancellationToken ct)
    {
        var due = ledger.Due(all);
        if (due.Count == 0) return false;
        await outbox.InsertAsync(due.ConvertAll(report => report.Entry), ct);
        RefusalLedger.Written(due);
        return false;
    }
}
