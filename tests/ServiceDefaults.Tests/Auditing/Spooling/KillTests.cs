using System.Diagnostics;
using System.Globalization;

namespace ComplianceGrid.ServiceDefaults.Tests.Auditing.Spooling;

/// <summary>A process that spools dies by SIGKILL at random instants, again and again in the same folder: no entry that it called durable is lost.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Lives = 12;

    [Fact]
    public async Task Every_acknowledged_entry_is_found_once()
    {
        var ct = TestContext.Current.CancellationToken;
        var seed = int.Parse(Environment.GetEnvironmentVariable("GRID_TEST_SEED") ?? "20261123", CultureInfo.InvariantCulture);
        output.WriteLine($"GRID_TEST_SEED={seed}");
#pragma warning disable RS0030 // seeded: a failed run can be repeated
        var random = new Random(seed);
#pragma warning restore RS0030
        using var folder = new Folder();
        var acknowledged = new HashSet<Guid>();
        for (var life = 0; life < Lives; life++) await LiveAsync(folder, random.Next(1, 3_000), acknowledged, ct);

        using var spool = Given.Spool(folder.Path, maxBytes: 1L << 30);
        var store = new Store();
        var drain = store.Drain(spool, batch: 1_000);
        while (await drain.StepAsync(ct))
        {
        }

        output.WriteLine($"{Lives} lives, {acknowledged.Count} entries acknowledged, {store.Entries.Count} found");
        Assert.Equal(0, store.Repeats);
        Assert.Empty(acknowledged.Except(store.Entries.Select(entry => entry.Id)));
        Assert.InRange(store.Entries.Count - acknowledged.Count, 0, Lives * 64); // durable, but killed before it could say so
        Assert.Empty(folder.Files("*.refused"));
    }

    private static async Task LiveAsync(Folder folder, int acknowledgements, HashSet<Guid> acknowledged, CancellationToken ct)
    {
        var binary = Path.Combine(AppContext.BaseDirectory, "ComplianceGrid.SpoolWriter.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [binary, folder.Path, "65536", "32"]) { RedirectStandardOutput = true })!;
        try
        {
            for (var n = 0; n < acknowledgements; n++) acknowledged.Add(Guid.Parse((await process.StandardOutput.ReadLineAsync(ct))!));
        }
        finally
        {
            process.Kill();
        }

        // What it had said before it died; the last line may be cut.
        while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
            if (Guid.TryParseExact(line, "D", out var id)) acknowledged.Add(id);
        await process.WaitForExitAsync(ct);
    }
}
