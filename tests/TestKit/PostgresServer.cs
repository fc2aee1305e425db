using System.Diagnostics;

namespace ComplianceGrid.TestKit;

/// <summary>The private PostgreSQL cluster for tests: named by <c>GRID_TEST_POSTGRES</c>, else started by <c>./grid postgres test</c>.</summary>
public static class PostgresServer
{
    private static readonly Lazy<Task<string>> Superuser = new(StartAsync);

    /// <summary>Connection string of the superuser to the database <c>postgres</c>.</summary>
    public static Task<string> SuperuserAsync() => Superuser.Value;

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("GRID_TEST_POSTGRES") is { Length: > 0 } given) return given;

        var script = new ProcessStartInfo(Path.Combine(Repository.Root, "grid"), ["postgres", "test"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(script)!;
        var error = process.StandardError.ReadToEndAsync();
        var connection = (await process.StandardOutput.ReadToEndAsync()).Trim();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? connection
            : throw new InvalidOperationException($"The test PostgreSQL did not start: {await error}");
    }
}
