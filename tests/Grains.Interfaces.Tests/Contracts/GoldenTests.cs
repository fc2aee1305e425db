using System.Collections;
using System.Reflection;
using System.Text.Json;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace ComplianceGrid.Interfaces.Tests.Contracts;

/// <summary>
/// Bytes that an earlier version wrote, one <c>name base64</c> a line: this version must read them. Lines are added, never
/// changed. <c>GRID_UPDATE_CONTRACTS=1</c> adds those that are missing.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Golden = Path.Combine(Repository.Root, "tests", "Grains.Interfaces.Tests", "Contracts", "golden.txt");

    public static TheoryData<string> Names => [.. Samples.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Yesterdays_bytes_are_read(string name)
    {
        using var services = new ServiceCollection().AddSerializer().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer>();
        var sample = Samples.All[name];
        var prefix = name + " ";
        if (Environment.GetEnvironmentVariable("GRID_UPDATE_CONTRACTS") == "1" && !(File.Exists(Golden) && File.ReadLines(Golden).Any(line => line.StartsWith(prefix, StringComparison.Ordinal))))
            File.AppendAllText(Golden, $"{name} {Convert.ToBase64String(serializer.SerializeToArray<object>(sample))}\n");

        var bytes = Convert.FromBase64String(Assert.Single(File.ReadLines(Golden), line => line.StartsWith(prefix, StringComparison.Ordinal))[prefix.Length..]);
        var read = serializer.Deserialize<object>(bytes);
        Assert.IsType(sample.GetType(), read);
        Assert.Equal(Text(sample), Text(read)); // lists compare by reference
    }

    /// <summary>A type that is new needs a sample, of its own or within another's, and so gets its bytes on record.</summary>
    [Fact]
    public void Every_contract_has_yesterdays_bytes()
    {
        HashSet<Type> sampled = [];
        foreach (var sample in Samples.All.Values) Collect(sample, sampled);
        Assert.Empty(typeof(ITenantGrain).Assembly.GetTypes().Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null).Except(sampled));
    }

    private static void Collect(object? value, HashSet<Type> into)
    {
        if (value is null or string) return;
        into.Add(value.GetType());
        if (value is IEnumerable many)
        {
            foreach (var one in many) Collect(one, into);
        }
        else if (value.GetType().Assembly == typeof(ITenantGrain).Assembly)
        {
            foreach (var (_, member) in ContractList.Members(value.GetType())) Collect(member.GetValue(value), into);
        }
    }

    private static string Text(object value) => value is GridException refusal ? $"{refusal.Error}: {refusal.Message}" : JsonSerializer.Serialize(value, value.GetType());
}
