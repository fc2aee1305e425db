using System.Text.RegularExpressions;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Documentation;

/// <summary>What docs/asvs.md names is there.</summary>
public sealed partial class AsvsTests
{
    [Fact]
    public async Task Every_test_that_the_page_names_exists()
    {
        var ct = TestContext.Current.CancellationToken;
        var named = Named().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/asvs.md"), ct))
            .Select(match => (Class: match.Groups[1].Value, Test: match.Groups[2].Value)).Distinct().ToArray();
        Assert.InRange(named.Length, 50, 500);
        var sources = new Dictionary<string, string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests*.cs", SearchOption.AllDirectories))
        {
            var name = Path.GetFileName(file).Split('.')[0];
            sources[name] = sources.GetValueOrDefault(name) + await File.ReadAllTextAsync(file, ct);
        }

        Assert.Empty(named.Where(test => !Regex.IsMatch(sources.GetValueOrDefault(test.Class, ""), $@"\spublic (async )?(Task|void) {test.Test}\(")).Select(test => $"{test.Class}.{test.Test}"));
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex Named();
}
