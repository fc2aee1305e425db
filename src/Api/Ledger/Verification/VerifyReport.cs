using System.Globalization;
using ComplianceGrid.Storage.Audit.Verification;

namespace ComplianceGrid.Api.Ledger.Verification;

/// <summary>Tells an operator what was verified, and how far a long log has come.</summary>
internal sealed class VerifyReport(TextWriter output, TextWriter error, TimeProvider time)
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(2);

    /// <returns>Whether it fits.</returns>
    public async Task<bool> WriteAsync(LogReport log)
    {
        var covered = log.Covered is { } size ? $"the newest checkpoint covers {Number(size)}" : "no checkpoint covers it";
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            {(log.Fits ? "✓" : "✗")} {log.Origin}
              {(log.Fits ? "size" : "read")}  {Number(log.Size)} entries, root {log.Root}
              seen  {Number(log.Heads)} heads, {Number(log.Tiles)} tiles, {Number(log.Checkpoints)} checkpoints; {covered}
              took  {log.Elapsed.TotalSeconds:F1} s, {Number((long)log.EntriesPerSecond)} entries/s
            """));
        if (log.Misfit is { } misfit) await output.WriteLineAsync($"  FIRST MISFIT  {misfit}");
        return log.Fits;
    }

    /// <returns>Whether that is as it should be: a tenant that was named must have a log.</returns>
    public async Task<bool> NothingAsync(string? tenant)
    {
        await output.WriteLineAsync(tenant is null ? "There is no log yet." : $"✗ There is no log of {tenant}.");
        return tenant is null;
    }

    public IProgress<long> Progress(string log) => new Line(this, log, time.GetTimestamp());

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private sealed class Line(VerifyReport report, string log, long since) : IProgress<long>
    {
        private long _last = since;

        public void Report(long value)
        {
            if (report.Time.GetElapsedTime(_last) < BetweenLines) return;
            _last = report.Time.GetTimestamp();
            report.Error.WriteLine($"{log}: {Number(value)} entries");
        }
    }

    private TimeProvider Time => time;

    private TextWriter Error => error;
}
