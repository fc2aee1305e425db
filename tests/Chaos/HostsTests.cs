using System.Text;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Chaos;

/// <summary>Everything that goes wrong in this suite comes from outside: the hosts as they are published have no switch for it.</summary>
public sealed class HostsTests
{
    private static readonly string[] Switches =
        ["chaos", "sabotage", "faketime", "failpoint", "faultinject", "injectfault", "simulatefault", "simulatefail", "failnext", "failafter", "test.mock", "rd_kafka_mock", "mock cluster", "vendorsandbox", "kafkabroker"];

    private static readonly string[] TestLibraries = ["xunit", "TestKit", "Testing", "Moq", "NSubstitute", "libfaketime", "nft"];

    [Theory]
    [InlineData("Silo")]
    [InlineData("Api")]
    [InlineData("Gateway.Integrations")]
    public void No_host_has_a_switch_for_faults(string host)
    {
        Assert.DoesNotContain(Directory.EnumerateFiles(FolderOf(host), "*", SearchOption.AllDirectories),
            file => TestLibraries.Any(library => Path.GetFileName(file).Contains(library, StringComparison.OrdinalIgnoreCase)));
        foreach (var library in Directory.EnumerateFiles(FolderOf(host), "ComplianceGrid.*.dll")) Assert.Empty(SwitchesIn(library));
    }

    [Fact]
    public void What_stands_in_for_others_has_some_and_they_are_found()
    {
        Assert.Superset(new HashSet<string> { "rd_kafka_mock", "mock cluster" }, SwitchesIn(LocalGrid.Published("KafkaBroker")).ToHashSet()); // a name and a literal
        Assert.Contains("vendorsandbox", SwitchesIn(LocalGrid.Published("VendorSandbox")));
    }

    private static string FolderOf(string host) => Path.GetDirectoryName(LocalGrid.Published(host))!;

    /// <summary>Names are stored in UTF-8, literals in UTF-16.</summary>
    private static List<string> SwitchesIn(string library)
    {
        var content = Encoding.Latin1.GetString(File.ReadAllBytes(library));
        return [.. Switches.Where(word => content.Contains(word, StringComparison.OrdinalIgnoreCase) || content.Contains(string.Join('\0', word.ToCharArray()), StringComparison.OrdinalIgnoreCase))];
    }
}
