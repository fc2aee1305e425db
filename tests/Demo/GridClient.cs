using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ComplianceGrid.Demo;

/// <summary>The front door, as any client would call it.</summary>
internal sealed class GridClient(Uri api, TimeProvider clock) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = api };

    /// <summary>For as long as an access token lives, ten minutes.</summary>
    public void UseToken(string token) => _http.DefaultRequestHeaders.Authorization = new("Bearer", token);

    /// <summary>Publishes the policy unless the same one is in force.</summary>
    public async Task PublishPolicyAsync(FileInfo policy, CancellationToken ct)
    {
        using var current = await _http.GetAsync("/api/policies", ct);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/api/policies") { Content = new StringContent(await File.ReadAllTextAsync(policy.FullName, ct)) };
        request.Content.Headers.ContentType = new("application/json");
        if (current.StatusCode == HttpStatusCode.NotFound) request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        else request.Headers.IfMatch.Add(current.Headers.ETag!);
        using var response = await _http.SendAsync(request, ct);
        (await ReadAsync(response, ct)).Dispose();
    }

    /// <summary>Hires under an id derived from the employee number, so that a second run hires nobody twice.</summary>
    public async Task<Employee> HireAsync(RosterLine line, CancellationToken ct)
    {
        var id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("demo/" + line.EmployeeNumber)).AsSpan(0, 16));
        using var response = await _http.PostAsJsonAsync("/api/employees", new
        {
            id,
            employeeNumber = line.EmployeeNumber,
            givenName = line.GivenName,
            familyName = line.FamilyName,
            dateOfBirth = line.DateOfBirth,
            email = line.Email,
            phone = line.Phone,
            site = line.Site,
            roles = line.Roles.Split(';', StringSplitOptions.RemoveEmptyEntries),
            dotModes = line.DotModes.Split(';', StringSplitOptions.RemoveEmptyEntries),
            hiredOn = line.HiredOn,
            homeTerminalTimeZone = line.HomeTerminalTimeZone is { Length: > 0 } zone ? zone : null,
        }, ct);
        using var hired = await ReadAsync(response, ct);
        return new(id, line.Email, IsNew: hired.RootElement.GetProperty("revision").GetInt64() == 1);
    }

    /// <summary>How the person's background check stands: the kind of the reason, or <c>satisfied</c> when there is none.</summary>
    public async Task<string> BackgroundCheckAsync(Guid employee, CancellationToken ct)
    {
        using var response = await _http.GetAsync($"/api/employees/{employee}", ct);
        using var record = await ReadAsync(response, ct);
        foreach (var reason in record.RootElement.GetProperty("reasons").EnumerateArray())
            if (reason.GetProperty("requirement").GetString() == "background-check") return reason.GetProperty("kind").GetString()!;
        return "satisfied";
    }

    /// <summary>How long it took until the background check stood as expected; null when it did not within half a minute.</summary>
    public async Task<TimeSpan?> UntilAsync(Guid employee, string expected, long since, CancellationToken ct)
    {
        using var polling = new PeriodicTimer(TimeSpan.FromMilliseconds(10), clock);
        while (clock.GetElapsedTime(since) < TimeSpan.FromSeconds(30))
        {
            if (await BackgroundCheckAsync(employee, ct) == expected) return clock.GetElapsedTime(since);
            await polling.WaitForNextTickAsync(ct);
        }

        return null;
    }

    /// <summary>What the silos have appended to the audit log since they started, once the outbox has come to rest.</summary>
    public async Task<long> AuditEntriesAsync(Uri[] silos, CancellationToken ct)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        for (var (before, now) = (-1L, await ReadAuditEntriesAsync(silos, ct)); ; (before, now) = (now, await ReadAuditEntriesAsync(silos, ct)))
        {
            if (before == now) return now;
            await second.WaitForNextTickAsync(ct);
        }
    }

    private async Task<long> ReadAuditEntriesAsync(Uri[] silos, CancellationToken ct)
    {
        var metrics = await Task.WhenAll(silos.Select(silo => _http.GetStringAsync(new Uri(silo, "/metrics"), ct)));
        return metrics.SelectMany(of => of.Split('\n')).Where(line => line.StartsWith("grid_audit_entries_total", StringComparison.Ordinal))
            .Sum(line => (long)double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    public async Task<StatusCounts> CountAsync(CancellationToken ct)
    {
        using var response = await _http.GetAsync("/api/reports/compliance-summary", ct);
        using var summary = await ReadAsync(response, ct);
        return new(Count("green"), Count("amber"), Count("red"));

        long Count(string status) => summary.RootElement.GetProperty(status).GetInt64();
    }

    public void Dispose() => _http.Dispose();

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var body = await response.Content.ReadAsStringAsync(ct);
        return response.IsSuccessStatusCode
            ? JsonDocument.Parse(body)
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri} answered {(int)response.StatusCode}: {body}"));
    }
}

/// <param name="IsNew">Nothing has happened to the record since the hire.</param>
internal sealed record Employee(Guid Id, string Email, bool IsNew);

internal sealed record StatusCounts(long Green, long Amber, long Red);
