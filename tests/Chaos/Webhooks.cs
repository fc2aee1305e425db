using System.Collections.Concurrent;
using System.Diagnostics;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Storm;

namespace ComplianceGrid.Chaos;

/// <summary>
/// Webhooks of several types at a steady rate to both gateways, each sent again until it is accepted, some twice. One of a report makes an event for the
/// order, and where the order's result changes by it one for the person; one of an invitation makes the first alone.
/// </summary>
internal sealed class Webhooks(Vendor[] gateways, SandboxClient sandbox, int seed, int eventsPerSecond)
{
    private const int Lanes = 24;
    private const double EventsEach = 1.75; // on average

    private int _open, _number;

    public ConcurrentBag<(string Id, string Type)> Accepted { get; } = [];

    /// <summary>Sent and not accepted yet.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <param name="people">The report and the invitation of each.</param>
    public Task RunAsync(IReadOnlyList<(string Report, string Invitation)> people, CancellationToken stop, CancellationToken ct) =>
        Task.WhenAll(people.Chunk((people.Count + Lanes - 1) / Lanes).Select((mine, lane) => Task.Run(() => RunLaneAsync(mine, lane, stop, ct), ct)));

    // What is due while an earlier one is being sent again goes out after it: the rate is made up for.
    private async Task RunLaneAsync((string Report, string Invitation)[] people, int lane, CancellationToken stop, CancellationToken ct)
    {
#pragma warning disable RS0030 // seeded: a failed run can be repeated
        var random = new Random(HashCode.Combine(seed, lane));
#pragma warning restore RS0030
        var (every, begun) = (TimeSpan.FromSeconds(Lanes * EventsEach / eventsPerSecond), Stopwatch.GetTimestamp());
        for (var n = 0; !stop.IsCancellationRequested; n++)
        {
            var early = (n * every) - Stopwatch.GetElapsedTime(begun);
            if (early > TimeSpan.Zero) await Task.Delay(early, ct);
            var ((report, invitation), state) = (people[n % people.Length], Model.States[random.Next(Model.States.Length)]);
            var isReport = random.Next(10) != 0;
            if (isReport) await sandbox.ChangeReportAsync(report, state, ct);
            await SendAsync($"evt_{seed:x8}_{lane}_{n}", isReport ? TypeOf(state) : "invitation.completed", isReport ? report : invitation, random, ct);
        }
    }

    private static string TypeOf(ReportState state) => "report." + state switch
    {
        { Adjudication: { } step } => step,
        { Status: "complete" } => "completed",
        { Status: "suspended" } => "suspended",
        { Status: "dispute" } => "disputed",
        _ => "updated",
    };

    private async Task SendAsync(string id, string type, string thing, Random random, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref _number);
        var vendor = gateways[number % gateways.Length];
        var body = vendor.Webhook(id, type, thing);
        Interlocked.Increment(ref _open);
        await vendor.DeliverAsync(body, number, ct);
        Accepted.Add((id, type));
        if (random.Next(10) == 0) await vendor.DeliverAsync(body, number, ct);
        Interlocked.Decrement(ref _open);
    }
}
