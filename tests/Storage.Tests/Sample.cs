using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Projections;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Tests;

/// <summary>Made-up rows, messages and events.</summary>
internal static class Sample
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static EmployeeRow Employee(EmployeeKey key, string? number = null, string site = "AUS", ComplianceStatus status = ComplianceStatus.Red,
        DateOnly? ended = null, long revision = 1) => new()
        {
            Tenant = key.Tenant,
            EmployeeId = key.Employee,
            EmployeeNumber = number ?? key.Employee.ToString("N")[..12],
            GivenName = "Zoë",
            FamilyName = "Ávila \"Q\" \\",
            Site = site,
            Roles = ["driver", "a,b", "c\"d\\e"],
            HiredOn = new(2026, 1, 5),
            EmploymentEndedOn = ended,
            Status = status,
            Transitions = [new(Now.AddDays(3), ComplianceStatus.Amber), new(Now.AddDays(33).ToOffset(TimeSpan.FromHours(-6)), ComplianceStatus.Red)],
            NextTransitionAt = Now.AddDays(3),
            Reasons = [],
            PolicyVersion = 1,
            Revision = revision,
            EvaluatedAt = Now,
        };

    public static ComplianceEvent Event(EmployeeKey key, string id) => new()
    {
        Id = id,
        Source = "orders",
        Type = EventTypes.OrderFact,
        Time = Now,
        Namespace = StreamNamespaces.Compliance,
        Key = key.ToString(),
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Data = new() { SourceKey = "order/1", SourceVersion = 1, Outcome = FactOutcome.Pending, ObservedAt = Now },
    };

    public static OutboxMessage Message(EmployeeKey key, string cause, string kind = OutboxKinds.Audit, int shard = 1) =>
        new(DerivedId.Of(key.ToString(), cause), key.Tenant.Value, kind, shard, "{}"u8.ToArray(), null);

    public static EmployeeKey Key(string tenant, int n) => new(new(tenant), DerivedId.Of("employee", tenant, n.ToString(null, null)));
}
