using System.Text.Json;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Clients;

/// <summary>A tenant with a policy and hired people, as a client would make them. The personal data are of a kind that can be searched for.</summary>
internal static class Workforce
{
    public const string EmailDomain = "pii-marker.example";
    public const string PhonePrefix = "+1555867530";
    public const string HiredOn = "2026-11-01";

    /// <summary>One requirement, ordered from the vendor on hire: the status is that of the background check.</summary>
    public const string Policy = """
        {
          "defaultTimeZone": "America/Chicago",
          "sites": [{ "code": "dallas", "name": "Dallas", "timeZone": "America/Chicago" }],
          "requirements": [{ "code": "background-check", "title": "background check", "item": "background-check", "gate": "beforeWork",
                             "audience": "background", "order": { "vendor": "checkr", "product": "driver_pro", "serviceDays": 30 } }]
        }
        """;

    /// <returns>Employees' ids by address.</returns>
    public static async Task<IReadOnlyDictionary<string, Guid>> HireAsync(ApiClient api, int count, CancellationToken ct)
    {
        var hired = new System.Collections.Concurrent.ConcurrentDictionary<string, Guid>();
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = ct }, async (n, cancel) =>
        {
            using var answer = await api.ReadAsync(HttpMethod.Post, "/api/employees", Hire(n, Guid.CreateVersion7(TimeProvider.System.GetUtcNow())), cancel);
            hired[EmailOf(n)] = answer.RootElement.GetProperty("id").GetGuid();
        });
        return hired;
    }

    /// <summary>The body of a hire.</summary>
    /// <param name="id">With one of the caller's making it can be asked for again.</param>
    public static object Hire(int number, Guid? id = null) => new
    {
        id,
        employeeNumber = $"N{number:D5}",
        givenName = "Given",
        familyName = $"Family{number}",
        dateOfBirth = "1980-05-17",
        email = EmailOf(number),
        phone = $"{PhonePrefix}{number:D4}",
        site = "dallas",
        roles = new[] { "driver" },
        hiredOn = HiredOn,
    };

    public static string EmailOf(int number) => $"employee.{number}@{EmailDomain}";

    /// <summary>All of them complete the vendor's form.</summary>
    /// <returns>The vendor's reports by address.</returns>
    public static async Task<IReadOnlyDictionary<string, string>> ReportsAsync(SandboxClient sandbox, IReadOnlyDictionary<string, Guid> employees, CancellationToken ct)
    {
        var invitations = await Eventually.IsAsync(() => sandbox.InvitationsAsync(ct), found => employees.Keys.All(found.ContainsKey), "all are invited", ct);
        var reports = new System.Collections.Concurrent.ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(employees.Keys, ct, async (email, cancel) => reports[email] = await sandbox.CompleteInvitationAsync(invitations[email], cancel));
        return reports;
    }

    public static async Task<(string Status, string Kind)> StatusAsync(ApiClient api, Guid employee, CancellationToken ct)
    {
        using var record = await api.ReadAsync(HttpMethod.Get, $"/api/employees/{employee}", null, ct);
        var reason = record.RootElement.GetProperty("reasons").EnumerateArray()
            .FirstOrDefault(r => r.GetProperty("requirement").GetString() == "background-check");
        return (record.RootElement.GetProperty("status").GetString()!,
            reason.ValueKind == JsonValueKind.Undefined ? "satisfied" : reason.GetProperty("kind").GetString()!);
    }
}
