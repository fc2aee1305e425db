using System.Collections.Immutable;
using System.Globalization;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>
/// Entries as the hosts make them, in the usual mix. Of ten: four records read; three lists read, whose query is sealed under the
/// reader's key; two changes, whose before and after arrive sealed from the grain's transaction; one refusal.
/// </summary>
/// <param name="users">Who act, of each tenant.</param>
internal sealed class EntryMaker(int seed, int users = 20)
{
    private const int Employees = 5_000;

    private const string UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

    private readonly Random _random = new(seed);

    public AuditEntry Next(string tenant, DateTimeOffset at) => _random.Next(10) switch
    {
        < 4 => Common(tenant, at, "getEmployee", AuditAction.Read) with { ResourceId = Employee() },
        < 7 => Personal(Common(tenant, at, "listEmployees", AuditAction.Read)),
        < 9 => Sealed(Common(tenant, at, "updateEmployee", AuditAction.Update)),
        _ => Common(tenant, at, "publishPolicy", AuditAction.AccessDenied) with { Success = false, ErrorCode = "GRID-1004" },
    };

    /// <summary>So many for each tenant, the tenants mixed.</summary>
    public ImmutableArray<AuditEntry> Batch(IReadOnlyList<string> tenants, int entries, DateTimeOffset at) =>
        [.. Enumerable.Range(0, entries).Select(n => Next(tenants[n % tenants.Count], at))];

    private AuditEntry Common(string tenant, DateTimeOffset at, string operation, AuditAction action) => new()
    {
        Id = Guid.CreateVersion7(at),
        Timestamp = at,
        TenantId = tenant,
        UserId = User(_random.Next(users)),
        UserRole = "ComplianceManager",
        Action = action,
        Resource = operation == "publishPolicy" ? "policies" : "employees",
        IpAddress = string.Create(CultureInfo.InvariantCulture, $"10.20.{_random.Next(256)}.{_random.Next(256)}"),
        UserAgent = UserAgent,
        RequestId = Hex(16),
        Details = $$"""{"method":"GET","route":"/api/{{operation}}/{id:guid}","status":200}""",
        Success = true,
        DurationMs = _random.Next(3, 40),
    };

    public static string User(int number) => string.Create(CultureInfo.InvariantCulture, $"user-{number:D4}");

    private AuditEntry Personal(AuditEntry entry) => entry with
    {
        PersonId = $"user:{entry.UserId}",
        Personal = $$"""{"query":"status=red&site=dallas&name=family{{_random.Next(Employees)}}&limit=50"}""",
    };

    private AuditEntry Sealed(AuditEntry entry)
    {
        var box = new byte[480]; // names, dates and an address, before and after
        _random.NextBytes(box);
        var employee = Employee();
        return entry with { ResourceId = employee, PersonId = employee, Sealed = box };
    }

    private string Employee() => string.Create(CultureInfo.InvariantCulture, $"01890000-0000-7000-8000-{_random.Next(Employees):x12}");

    private string Hex(int bytes)
    {
        var id = new byte[bytes];
        _random.NextBytes(id);
        return Convert.ToHexStringLower(id);
    }
}
