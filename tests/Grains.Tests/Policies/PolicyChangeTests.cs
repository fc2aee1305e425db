using System.Text.Json.Nodes;
using ComplianceGrid.Audit;
using ComplianceGrid.Hosting;
using ComplianceGrid.Status;

namespace ComplianceGrid.Policies;

public sealed class PolicyChangeTests(TestGrid grid) : GrainTest(grid)
{
    private static Policy Of(params Requirement[] requirements) => Given.Policy(requirements).Policy;

    private static PolicyVersion Version(int number, Policy policy) => new() { Version = number, InForceSince = Given.Monday, Policy = policy, PublishedBy = "u" };

    [Fact]
    public void Only_what_differs_is_told_by_its_code()
    {
        var before = Of(Given.Handbook, Given.CertificateOnFile);
        var part = Assert.Single(PolicyChange.Of(before, Version(2, Of(Given.Handbook with { Title = "other" }) with { CoverageTargetPercent = 42 })));
        Assert.Equal(2, (int)part["version"]!);
        Assert.Equal(["coverageTargetPercent", $"requirements/{Given.Handbook.Code}", $"requirements/{Given.CertificateOnFile.Code}"], Names(part, "before"));
        Assert.Equal(["coverageTargetPercent", $"requirements/{Given.Handbook.Code}"], Names(part, "after"));
        Assert.Equal((Given.Handbook.Title, "other"), (Title(part, "before"), Title(part, "after")));
        Assert.Null(part["parts"]);
        Assert.Empty(Names(Assert.Single(PolicyChange.Of(before, Version(2, before))), "after"));
    }

    [Fact]
    public void A_large_change_goes_over_several_entries_and_nothing_of_it_is_lost()
    {
        Requirement[] many = [.. Enumerable.Range(0, 200).Select(n => Given.Handbook with { Code = $"r{n}", Title = new string('t', 900) })];
        var huge = Given.Handbook with { Code = "huge", Roles = [.. Enumerable.Range(0, 2_000).Select(n => $"role-{n}")] };
        var parts = PolicyChange.Of(null, Version(1, Of([.. many, huge])));
        Assert.All(parts, part => Assert.InRange(part.ToJsonString().Length, 1, 20 << 10));
        Assert.Equal(Enumerable.Range(1, parts.Count).Select(n => (n, parts.Count)), parts.Select(part => ((int)part["part"]!, (int)part["parts"]!)));
        var told = parts.SelectMany(part => Names(part, "after")).Where(name => name.StartsWith("requirements/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(201, told.Length);
        Assert.Distinct(told);
        var stood = parts.Select(part => part["after"]!["requirements/huge"]).Single(node => node is not null)!;
        Assert.Equal(["sha256", "bytes"], stood.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task Each_published_version_is_an_entry_with_its_change()
    {
        await PublishAsync(Given.Handbook);
        await Grid.Policy(Tenant).Publish(Of(Given.Handbook with { Title = "other" }), 1);
        await Grid.Policy(Tenant).Refresh();
        var entries = (await Grid.AuditAsync(Tenant)).Where(entry => entry.Action == AuditAction.PolicyUpdated).Select(entry => JsonNode.Parse(entry.Details!)!.AsObject()).ToArray();
        Assert.Equal([1, 2], entries.Select(details => (int)details["version"]!));
        Assert.Equal((Given.Handbook.Title, "other"), (Title(entries[1], "before"), Title(entries[1], "after")));
        Assert.Equal(Given.Handbook.Title, Title(entries[0], "after"));
    }

    private static IEnumerable<string> Names(JsonObject part, string side) => part[side]!.AsObject().Select(member => member.Key);

    private static string? Title(JsonObject part, string side) => (string?)part[side]![$"requirements/{Given.Handbook.Code}"]!["title"];
}
