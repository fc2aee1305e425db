using System.Text.RegularExpressions;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.ServiceDefaults.Tests.Configuration;

/// <summary>deploy/compose cannot be run by these tests: what they hold it to is that each setting that it names is one that a host reads.</summary>
public sealed partial class ComposeTests
{
    private static readonly string Compose = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "compose", "compose.yaml"));
    private static readonly string[] Sources = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];

    public static TheoryData<string> Settings => [.. Setting().Matches(Compose).Select(setting => setting.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)).Distinct()];

    [Theory, MemberData(nameof(Settings))]
    public void A_setting_is_one_that_a_host_reads(string setting) => Assert.True(IsRead(setting), $"No host reads {setting}.");

    [Theory, InlineData("Orleans:SiloPrt"), InlineData("Wire:Certificate"), InlineData("MasterKey:Path"), InlineData("ConnectionStrings:Silo"), InlineData("Streams:Kafka:Brokers")]
    public void And_no_other_is(string setting) => Assert.False(IsRead(setting));

    [Fact]
    public void Each_key_that_is_mounted_is_one_that_the_preparation_makes()
    {
        var made = File.ReadAllText(Path.Combine(Repository.Root, "deploy", "local", "services.sh"));
        var mounted = Key().Matches(Compose).Select(key => key.Groups[1].Value).Distinct().ToList();
        Assert.NotEmpty(mounted);
        // Made in loops over names: for name in silo-master ... ; do "$keys/$name.key".
        Assert.All(mounted, name => Assert.Contains(name.Split('.')[0].Replace("wire-", "", StringComparison.Ordinal), made, StringComparison.Ordinal));
    }

    /// <summary>Named whole in the code, or a property of the options of its section; what stands between them is a name of the installation's own, or a place in a list.</summary>
    private static bool IsRead(string setting)
    {
        var parts = setting.Split(':');
        if (parts is ["Kestrel", "Endpoints", "Public" or "Wire", "Url"]) return true; // the server's own
        if (parts is ["ConnectionStrings", var name]) return Sources.Any(text => text.Contains($"ConnectionStrings:{name}<", StringComparison.Ordinal) || Database(name).IsMatch(text));
        if (Sources.Any(text => text.Contains($"\"{setting}\"", StringComparison.Ordinal))) return true;
        var sections = Sources.Where(text => text.Contains($"Section = \"{parts[0]}\"", StringComparison.Ordinal) || text.Contains($"Section <c>{parts[0]}</c>", StringComparison.Ordinal)).ToList();
        if (parts is ["Streams", "Kafka", ..]) sections = [.. Sources.Where(text => text.Contains("class KafkaStreamOptions", StringComparison.Ordinal))];
        var property = parts.Last(part => !int.TryParse(part, out _));
        return sections.Any(text => Regex.IsMatch(text, $@"public [\w<>,?\[\] ]+ {property} {{ get;"));
    }

    private static Regex Database(string name) => new($@"((AddGridDataSource|GetConnectionString|Connection)\((builder, )?|Database = )""{name}""");

    [GeneratedRegex(@"\b([A-Z]\w*?(?:__\w+?)+):\s")]
    private static partial Regex Setting();

    [GeneratedRegex(@"\.state/keys/([\w.-]+):")]
    private static partial Regex Key();
}
