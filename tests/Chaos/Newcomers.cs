using System.Net.Http.Headers;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Chaos;

/// <summary>People who are hired, for whom a check is ordered then; every other one leaves again. Who gets no answer asks again, and nothing is made twice.</summary>
internal sealed class Newcomers(ApiClient api, int firstNumber)
{
    private readonly List<(Guid Id, string Email, bool Left)> _people = [];

    public int Count => _people.Count;

    public async Task RunAsync(CancellationToken stop, CancellationToken ct)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromSeconds(2));
        while (!stop.IsCancellationRequested)
        {
            await pause.WaitForNextTickAsync(ct);
            var (number, id, leaves) = (firstNumber + _people.Count, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), _people.Count % 2 == 1);
            (await api.ReadAsync(HttpMethod.Post, "/api/employees", Workforce.Hire(number, id), ct)).Dispose();
            if (leaves) (await api.ReadAsync(HttpMethod.Delete, $"/api/employees/{id}?lastDay={Workforce.HiredOn}", null, ct, EntityTagHeaderValue.Any)).Dispose();
            _people.Add((id, Workforce.EmailOf(number), leaves));
        }
    }

    /// <summary>Each is on record as was acknowledged, and was invited by the vendor, once.</summary>
    public async Task AssertAsync(SandboxClient sandbox, CancellationToken ct)
    {
        var invited = await sandbox.InvitationsAsync(ct); // by address: a second one of anybody would be an error
        foreach (var (id, email, left) in _people)
        {
            using var answer = await api.ReadAsync(HttpMethod.Get, $"/api/employees/{id}", null, ct);
            var (record, expected) = (answer.RootElement, left ? ("red", "notEmployed") : StatusTables.ReasonOf("pending"));
            Assert.Equal(left, record.TryGetProperty("employmentEndedOn", out _));
            Assert.Equal(expected, (record.GetProperty("status").GetString(), record.GetProperty("reasons")[0].GetProperty("kind").GetString()));
            Assert.True(invited.ContainsKey(email), $"{id} was not invited");
        }
    }
}
