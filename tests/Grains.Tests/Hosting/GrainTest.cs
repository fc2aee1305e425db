using System.Security.Cryptography;
using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Hosting;

/// <summary>A tenant of its own for each test, on Monday.</summary>
[Collection(TestGridCollection.Name)]
public abstract class GrainTest
{
    private protected static readonly Requirement OrderedTest =
        Given.PreEmploymentTest with { Order = new() { Vendor = "quest", Product = "dot5", ServiceDays = 7, Dot = true } };

    protected GrainTest(TestGrid grid)
    {
        Grid = grid;
        grid.Clock.Now = Given.Monday;
        Tenant = new("t" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        Key = new(Tenant, Guid.CreateVersion7(grid.Clock.Now));
    }

    protected TestGrid Grid { get; }
    protected TenantId Tenant { get; }
    protected EmployeeKey Key { get; }
    protected IEmployeeGrain Person => Grid.Employee(Key);

    protected Task<PolicyRecord> PublishAsync(params Requirement[] requirements) => Grid.Policy(Tenant).Publish(Given.Policy(requirements).Policy, 0);

    protected ComplianceEvent Event(string ns, string key, EventData data) => new()
    {
        Id = $"{data.SourceKey}@{data.SourceVersion}",
        Source = "quest/c1",
        Type = EventTypes.DrugTestResult,
        Time = data.ObservedAt,
        Namespace = ns,
        Key = key,
        Data = data,
    };

    protected static async Task RefusedAsync(GridError error, Func<Task> act) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<GridException>(act)).Error);
}
