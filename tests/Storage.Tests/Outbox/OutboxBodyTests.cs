using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Orders;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Tests.Outbox;

/// <summary>Bodies of messages as another build may have left them in the outbox: what this one writes every later one must read.</summary>
public sealed class OutboxBodyTests
{
    private const string Employee = "acme/0198f7a2-0000-7000-8000-000000000001", Order = "acme/0198f7a2-0000-7000-8000-000000000002";

    public static TheoryData<string, object> Bodies => new()
    {
        {
            $$"""{"employee":"{{Employee}}","vendor":"checkr","product":"p","item":"background-check","serviceDays":5,"dot":true,"audience":"background"}""",
            new PlaceOrder { Employee = EmployeeKey.Parse(Employee), Vendor = "checkr", Product = "p", Item = "background-check", ServiceDays = 5, Dot = true, Audience = Audience.Background }
        },
        {
            $$"""{"order":"{{Order}}","employee":"{{Employee}}","vendor":"checkr","product":"p","item":"background-check","dot":true}""",
            new VendorRequest { Order = OrderKey.Parse(Order), Employee = EmployeeKey.Parse(Employee), Vendor = "checkr", Product = "p", Item = "background-check", Dot = true }
        },
        {
            """{"id":"0198f7a2-0000-7000-8000-000000000003","timestamp":"2026-03-02T15:00:00+00:00","tenantId":"acme","userId":"ann","userRole":"Auditor","action":"statusChanged","resource":"employees","resourceId":"1","ipAddress":"::1","userAgent":"u","requestId":"r","details":"{}","success":true,"errorCode":"GRID-1008","durationMs":12}""",
            new AuditEntry
            {
                Id = Guid.Parse("0198f7a2-0000-7000-8000-000000000003"), Timestamp = new(2026, 3, 2, 15, 0, 0, TimeSpan.Zero), TenantId = "acme", UserId = "ann", UserRole = "Auditor",
                Action = AuditAction.StatusChanged, Resource = "employees", ResourceId = "1", IpAddress = "::1", UserAgent = "u", RequestId = "r", Details = "{}", Success = true,
                ErrorCode = "GRID-1008", DurationMs = 12,
            }
        },
    };

    [Theory, MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public void Yesterdays_body_is_read(string json, object written)
    {
        Assert.Equal(json, JsonSerializer.Serialize(written, written.GetType(), GridJson.Options));
        Assert.Equal(written, JsonSerializer.Deserialize(json, written.GetType(), GridJson.Options));
    }
}
