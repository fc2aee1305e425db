using ComplianceGrid.Benchmarks.Grid;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>The audit ledger: what it costs, what it carries, and how fast its answers are among ten million entries.</summary>
internal static class LedgerBenchmark
{
    public static async Task RunAsync(GridUnderTest grid, Report report, CancellationToken ct)
    {
        await MutationFigure.RunAsync(grid, report, ct);
        await using var ledger = await LedgerUnderTest.OfAsync(grid);
        await AppendFigure.RunAsync(ledger, report, ct);
        await BigLog.LoadAsync(ledger, ct);
        await ProofFigure.RunAsync(ledger, report, ct);
        await SearchFigure.RunAsync(ledger, report, ct);
        await VerifyFigure.RunAsync(grid, ledger, report, ct);
    }
}
