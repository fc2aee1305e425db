using System.Reflection;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Interfaces.Tests.Contracts;

public sealed class ContractTests
{
    private static readonly string Listed = Path.Combine(Repository.Root, "src", "Grains.Interfaces", "Contracts.txt");

    /// <summary>Set <c>GRID_UPDATE_CONTRACTS=1</c> to write the list anew.</summary>
    [Fact]
    public void Contracts_are_as_listed()
    {
        var now = ContractList.Write();
        if (Environment.GetEnvironmentVariable("GRID_UPDATE_CONTRACTS") == "1") File.WriteAllText(Listed, now);
        var (were, are) = (File.ReadAllText(Listed).Split('\n'), now.Split('\n'));
        Assert.True(were.SequenceEqual(are), $"""
            The contracts are not as src/Grains.Interfaces/Contracts.txt lists them.
            Gone: {string.Join(" | ", were.Except(are))}
            New: {string.Join(" | ", are.Except(were))}
            Silos and clients of both versions run side by side during an upgrade: add with a new id, and never change or reuse
            an alias, a member id or an enum value. If the change is such an addition, run the tests with GRID_UPDATE_CONTRACTS=1 and
            commit the list.
            """);
    }

    [Fact]
    public void Every_contract_has_an_alias_of_its_own_and_every_member_an_id_of_its_own()
    {
        Assert.DoesNotContain("(no alias)", ContractList.Write());
        var types = typeof(ITenantGrain).Assembly.GetTypes().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null).ToList();
        Assert.NotEmpty(types);
        Assert.Equal(types.Count, types.Select(type => type.GetCustomAttribute<AliasAttribute>()!.Alias).Distinct().Count());
        Assert.All(types, type => Assert.Distinct(ContractList.Members(type).Select(member => member.Id)));
    }
}
