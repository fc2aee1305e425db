using System.Text;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Processes;

namespace ComplianceGrid.Cluster.Privacy;

/// <summary>The personal data that clients put in is in no database file, write-ahead log, log or trace in clear.</summary>
public sealed class PersonalDataTests(GridProcesses grid)
{
    private const int People = 20;

    [Fact]
    public async Task No_file_of_the_run_holds_personal_data_in_clear()
    {
        var ct = TestContext.Current.CancellationToken;
        using var api = await ApiClient.LogInAsync(grid, "privacy", ct, "TenantAdmin", "ComplianceManager", "Adjudicator");
        await api.PublishFirstPolicyAsync(Workforce.Policy, ct);
        await Workforce.HireAsync(api, People, ct);
        await grid.RestartPostgresAsync(); // its recovery writes everything to the data files

        string[] markers = [Workforce.EmailDomain, Workforce.PhonePrefix, grid.Configured("sandbox", "Checkr", "ApiKey")];
        var found = new List<string>();
        var searched = 0;
        // The sandbox is the vendor, and knows the people; the secrets and its configuration are where the keys belong.
        foreach (var file in await FilesAsync())
        {
            searched++;
            found.AddRange(markers.Where(marker => Holds(file, marker)).Select(marker => $"{file}: {marker[..4]}…"));
        }

        Assert.True(searched > 100, "The data folder was searched.");
        Assert.Empty(found);
        // The search itself works: the employee number is one of the clear data.
        Assert.Contains(await FilesAsync(), file => Holds(file, "N00019"));
    }

    private async Task<IReadOnlyList<string>> FilesAsync()
    {
        string[] homes = [await HomeAsync("grid"), await HomeAsync("grid_audit")];
        return
        [
            .. homes.SelectMany(home => Directory.EnumerateFiles(Path.Combine(home, "data"), "*", SearchOption.AllDirectories)),
            .. homes.SelectMany(home => Directory.EnumerateFiles(home, "*.log")),
            .. Directory.EnumerateFiles(Path.Combine(grid.State, "logs")),
            .. Directory.EnumerateFiles(Path.Combine(grid.State, "traces")),
        ];
    }

    private async Task<string> HomeAsync(string database) =>
        (await grid.SuperuserAsync(database)).Split(';').First(part => part.StartsWith("Host=", StringComparison.Ordinal))["Host=".Length..];

    private static bool Holds(string file, string marker)
    {
        var wanted = Encoding.UTF8.GetBytes(marker);
        var buffer = new byte[(1 << 20) + wanted.Length];
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            for (var kept = 0; stream.Read(buffer, kept, buffer.Length - kept) is > 0 and var read; kept = Math.Min(wanted.Length - 1, kept + read))
            {
                if (buffer.AsSpan(0, kept + read).IndexOf(wanted) >= 0) return true;
                var keep = Math.Min(wanted.Length - 1, kept + read);
                buffer.AsSpan(kept + read - keep, keep).CopyTo(buffer);
            }
        }
        catch (FileNotFoundException)
        {
            // PostgreSQL recycles files while we look
        }

        return false;
    }
}
