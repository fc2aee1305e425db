using System.Text.Json;
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

    [Theory]
    [InlineData("EmployeeRecord")]
    [InlineData("ComplianceEvent")]
    [InlineData("PolicyVersion")]
    [InlineData("OrderRecord")]
    [InlineData("AuditEntry")]
    [InlineData("AuditEntryWithPersonalDetail")]
    [InlineData("AuditEntryWithSealedDetail")]
    [InlineData("SealedPersonal")]
    [InlineData("SessionRecord")]
    [InlineData("SignInTicket")]
    [InlineData("SignInOutcome")]
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
        Assert.Equal(JsonSerializer.Serialize(sample), JsonSerializer.Serialize(read)); // lists compare by reference
    }
}
