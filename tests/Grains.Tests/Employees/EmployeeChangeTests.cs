using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Hosting;
using ComplianceGrid.Status;

namespace ComplianceGrid.Employees;

public sealed class EmployeeChangeTests(TestGrid grid) : GrainTest(grid)
{
    private static readonly EmployeeProfile Driver = Given.Driver();

    [Fact]
    public void Only_what_differs_is_told()
    {
        var state = new EmployeeState { Profile = Driver };
        Assert.Null(EmployeeChange.Of(state, state with { Revision = 2 }));
        Assert.Equal("""{"before":{"familyName":"A"},"after":{"familyName":"B","email":"b@example.test"}}""", EmployeeChange.Of(
            state with { Profile = Driver with { FamilyName = "A" } }, state with { Profile = Driver with { FamilyName = "B", Email = "b@example.test" } }));

        using var hired = JsonDocument.Parse(EmployeeChange.Of(new(), state)!);
        Assert.Empty(hired.RootElement.GetProperty("before").EnumerateObject());
        Assert.Equal(Driver.EmployeeNumber, hired.RootElement.GetProperty("after").GetProperty("employeeNumber").GetString());

        var waiver = new Waiver { Requirement = "r", RequestedBy = "u1", ApprovedBy = "u2", Until = new(2027, 1, 1) };
        Assert.Equal("""{"before":{},"after":{"waivers":[{"requirement":"r","requestedBy":"u1","approvedBy":"u2","until":"2027-01-01"}]}}""",
            EmployeeChange.Of(state, state with { Waivers = [waiver] }));
    }

    [Fact]
    public async Task An_act_s_entry_carries_before_and_after_sealed()
    {
        await PublishAsync(OrderedTest);
        var hired = await Person.Hire(Driver with { Email = "old@example.test" });
        await Person.Update(Driver with { Email = "new@example.test" }, hired.Revision);

        var update = Assert.Single(await Grid.AuditAsync(Tenant), entry => entry.Action == AuditAction.Update);

        Assert.Equal(Key.Employee.ToString("D"), update.PersonId);
        Assert.Null(update.Personal);
        Assert.Equal("""{"after":{"email":"new@example.test"},"before":{"email":"old@example.test"}}""", await Grid.OpenAsync(update));
    }

    [Fact]
    public async Task What_an_event_changed_is_an_entry_too_with_the_status_or_alone()
    {
        await PublishAsync(Given.CertificateOnFile);
        await Person.Hire(Driver);
        await Grid.AuditAsync(Tenant);
        for (var version = 1L; version <= 2; version++)
            await Person.Apply(Event(Events.StreamNamespaces.Compliance, Key.ToString(), new()
            {
                SourceKey = "cards/1",
                SourceVersion = version,
                Item = Given.Certificate,
                Outcome = Events.FactOutcome.Satisfied,
                ObservedAt = Given.Monday,
                ExpiresOn = new(2027, 1, (int)version),
            }));

        var entries = await Grid.AuditAsync(Tenant);
        Assert.Equal([AuditAction.StatusChanged, AuditAction.Update], entries.Select(entry => entry.Action));
        Assert.All(entries, entry => Assert.Equal(Key.Employee.ToString("D"), entry.PersonId));
        Assert.Equal("{\"eventId\":\"cards/1@2\"}", entries[1].Details);
        using var change = JsonDocument.Parse((await Grid.OpenAsync(entries[1]))!);
        Assert.Equal(("2027-01-01", "2027-01-02"), (Expiry(change, "before"), Expiry(change, "after")));

        static string? Expiry(JsonDocument change, string side) => change.RootElement.GetProperty(side).GetProperty("facts/cards/1").GetProperty("to").GetString();
    }
}
