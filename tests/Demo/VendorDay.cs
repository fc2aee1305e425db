using System.Collections.Concurrent;

namespace ComplianceGrid.Demo;

/// <summary>
/// A day at the vendor: candidates fill in their forms, reports come back clear (17 of 20), to be considered (2) or not yet (1).
/// Of the webhooks one in ten is sent twice and one in fifty is signed wrongly as well.
/// </summary>
internal sealed class VendorDay(GridClient grid, VendorClient vendor, TimeProvider clock)
{
    private int _sent, _accepted, _duplicates, _refused, _late;
    private readonly ConcurrentBag<TimeSpan> _visible = [];

    public async Task<DayResult> RunAsync(IReadOnlyList<Employee> employees, CancellationToken ct)
    {
        var invitations = await InvitedAsync([.. employees.Where(employee => employee.IsNew)], ct);
        var open = employees.Select((employee, index) => (employee, index))
            .Where(e => invitations.TryGetValue(e.employee.Email, out var invitation) && !IsDone(invitation, e.index)).ToList();
        // Four at a time: each waits until the grid shows what its webhook said.
        await Parallel.ForEachAsync(open, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = ct },
            async (e, cancel) => await PlayAsync(e.employee, invitations[e.employee.Email], e.index, cancel));
        return new(_sent, _accepted, _duplicates, _refused, _late, [.. _visible]);
    }

    private async Task PlayAsync(Employee employee, Invitation invitation, int index, CancellationToken ct)
    {
        var report = await vendor.CompleteInvitationAsync(invitation.Id, ct);
        await SendAsync("report.created", report, index, ct);
        if (HasNoResultToday(index)) return;

        var result = index % 20 >= 17 ? "consider" : "clear";
        await vendor.CompleteReportAsync(report, result, ct);
        var since = clock.GetTimestamp();
        await SendAsync("report.completed", report, index, ct);
        if (await grid.UntilAsync(employee.Id, result == "clear" ? "satisfied" : "awaitingReview", since, ct) is { } took) _visible.Add(took);
        else Interlocked.Increment(ref _late);
    }

    private static bool HasNoResultToday(int index) => index % 20 == 19;

    private static bool IsDone(Invitation invitation, int index) =>
        invitation.Report == "complete" || (invitation.Report is not null && HasNoResultToday(index));

    private async Task SendAsync(string type, string report, int index, CancellationToken ct)
    {
        var webhook = await vendor.SignAsync(type, report, ct);
        if (await PostAsync(webhook, ct)) Interlocked.Increment(ref _accepted);
        if (index % 10 == 3 && await PostAsync(webhook, ct)) Interlocked.Increment(ref _duplicates);
        if (index % 50 == 7 && !await PostAsync(webhook with { Signature = new string('0', 64) }, ct)) Interlocked.Increment(ref _refused);
    }

    private async Task<bool> PostAsync(SignedWebhook webhook, CancellationToken ct)
    {
        Interlocked.Increment(ref _sent);
        return await vendor.PostAsync(webhook, ct) == 200;
    }

    /// <summary>Orders go out by themselves after a hire; waits until the vendor has invited every new person.</summary>
    private async Task<IReadOnlyDictionary<string, Invitation>> InvitedAsync(IReadOnlyCollection<Employee> newcomers, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        using var polling = new PeriodicTimer(TimeSpan.FromMilliseconds(200), clock);
        while (true)
        {
            var invitations = await vendor.InvitationsAsync(ct);
            var missing = newcomers.Count(employee => !invitations.ContainsKey(employee.Email));
            if (missing == 0) return invitations;
            if (clock.GetElapsedTime(start) > TimeSpan.FromMinutes(2))
                throw new InvalidOperationException($"{missing} of {newcomers.Count} new people were not invited by the vendor within two minutes: ./grid logs gateway");
            await polling.WaitForNextTickAsync(ct);
        }
    }
}

/// <param name="Late">Statuses that were not as expected in time.</param>
/// <param name="Visible">From a webhook's sending until the status by API.</param>
internal sealed record DayResult(int Sent, int Accepted, int Duplicates, int Refused, int Late, IReadOnlyList<TimeSpan> Visible)
{
    public bool IsAsExpected => Late == 0 && Sent == Accepted + Duplicates + Refused;
}
