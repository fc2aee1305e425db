using ComplianceGrid.Benchmarks.Grid;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Storage.Audit.Verification;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>The whole log of ten million entries recomputed from its rows, as <c>./grid verify</c> does it.</summary>
internal static class VerifyFigure
{
    public static async Task RunAsync(GridUnderTest grid, LedgerUnderTest ledger, Report report, CancellationToken ct)
    {
        var options = new LedgerOptions { PublicKeyFiles = [Path.Combine(grid.State, "keys/ledger.pub.pem")] }; // the grid's notary signs this log too
        var verification = new LedgerVerification(ledger.Auditor, options.Origin, options.PublicKeys(), TimeProvider.System);
        var verified = await verification.VerifyAsync(new(BigLog.Tenant, 0), ct: ct);
        if (!verified.Fits || verified.Size < BigLog.Entries) throw new InvalidOperationException($"The log does not verify: {verified}");
        report.Ratio("entries verified, of 10,000,000", verified.EntriesPerSecond, 100_000, 1);
    }
}
