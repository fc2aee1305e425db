using System.Net;
using ComplianceGrid.Api.Identity.Passwords;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Api.Tests.Identity.Passwords;

public sealed class HashingQueueTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_runs_on_its_own_threads_in_order_and_faults_are_the_callers()
    {
        using var queue = new HashingQueue(1, 10, TimeProvider.System);
        Assert.False(await queue.RunAsync(() => Thread.CurrentThread.IsThreadPoolThread, Ct));
        await Assert.ThrowsAsync<InvalidDataException>(() => queue.RunAsync<int>(() => throw new InvalidDataException(), Ct));
        using var gate = new ManualResetEventSlim();
        var order = new List<int>();
        var first = queue.RunAsync(() => { gate.Wait(Ct); return 0; }, Ct);
        var rest = Enumerable.Range(1, 5).Select(i => queue.RunAsync(() => { order.Add(i); return i; }, Ct)).ToArray();
        gate.Set();
        await Task.WhenAll([first, .. rest]);
        Assert.Equal([1, 2, 3, 4, 5], order);
        Assert.True(queue.IsWhole);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_who_gives_up_makes_room()
    {
        using var queue = new HashingQueue(1, 2, TimeProvider.System);
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var running = queue.RunAsync(() => { begun.Set(); gate.Wait(Ct); return 1; }, Ct);
        begun.Wait(Ct);
        using var leave = new CancellationTokenSource();
        var leaves = queue.RunAsync(() => 2, leave.Token);
        var stays = queue.RunAsync(() => 3, Ct);

        var refused = queue.RunAsync(() => 4, Ct);
        Assert.True(refused.IsFaulted); // without any wait
        Assert.Equal(GridError.Busy, (await Assert.ThrowsAsync<GridException>(() => refused)).Error);
        Assert.NotNull(queue.SinceRefusal);

        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        var instead = queue.RunAsync(() => 5, Ct);
        Assert.False(running.IsCompleted);
        gate.Set();
        var results = await Task.WhenAll(running, stays, instead);
        Assert.Equal([1, 3, 5], results);
        Assert.Equal(0, queue.Waiting);
    }

    [Fact]
    public async Task A_host_that_stops_lets_nobody_wait_for_ever()
    {
        var queue = new HashingQueue(1, 2, TimeProvider.System);
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var running = queue.RunAsync(() => { begun.Set(); gate.Wait(Ct); return 1; }, Ct);
        begun.Wait(Ct);
        var waiting = queue.RunAsync(() => 2, Ct);
        var stopped = Task.Run(queue.Dispose, Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.Set();
        Assert.Equal(1, await running);
        await stopped;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => queue.RunAsync(() => 3, Ct));
    }

    [Fact]
    public async Task While_every_hasher_is_busy_a_further_log_on_gets_503_and_other_endpoints_answer()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("Urls", "http://127.0.0.1:0"), new("Passwords:Hashers", "2"), new("Passwords:QueueLength", "3")]);
        builder.AddGridDefaults("api");
        builder.AddPasswords();
        await using var app = builder.Build();
        app.MapGridDefaults();
        using var gate = new ManualResetEventSlim();
        using var begun = new CountdownEvent(2);
        app.MapGet("/hash", (HashingQueue queue, CancellationToken ct) => queue.RunAsync(() => Slow(begun, gate), ct));
        app.MapGet("/other", () => "here");
        await app.StartAsync(Ct);
        using var http = new HttpClient { BaseAddress = new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
        var queue = app.Services.GetRequiredService<HashingQueue>();
        var hashes = Enumerable.Range(0, 2).Select(_ => http.GetAsync("/hash", Ct)).ToList();
        await Eventually.TrueAsync(() => Task.FromResult(begun.IsSet), "both threads are busy", Ct);
        hashes.AddRange(Enumerable.Range(0, 3).Select(_ => http.GetAsync("/hash", Ct)));
        await Eventually.TrueAsync(() => Task.FromResult(queue.Waiting == 3), "three wait", Ct);

        var refused = await http.GetAsync("/hash", Ct);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter?.Delta);
        Assert.Contains("GRID-1021", await refused.Content.ReadAsStringAsync(Ct));
        var others = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => http.GetStringAsync("/other", Ct)));
        Assert.All(others, text => Assert.Equal("here", text));
        Assert.DoesNotContain(hashes, request => request.IsCompleted); // all of it while no hash had ended

        gate.Set();
        foreach (var request in hashes) Assert.Equal(HttpStatusCode.OK, (await request).StatusCode);
    }

    private static string Slow(CountdownEvent begun, ManualResetEventSlim gate)
    {
        if (!begun.IsSet) begun.Signal();
        gate.Wait(Ct);
        return "hashed";
    }

    [Fact]
    public async Task Nobodys_password_takes_a_turn_as_somebodys_does()
    {
        using var queue = new HashingQueue(1, 1, TimeProvider.System);
        var hasher = new PasswordHasher(queue, Microsoft.Extensions.Options.Options.Create(new PasswordOptions { Iterations = 1000 }));
        await hasher.VerifyNothingAsync("guess", Ct);
        var stored = await hasher.HashAsync("what it is", Ct);
        Assert.Equal(PasswordVerdict.Right, await hasher.VerifyAsync("what it is", stored, Ct));
        Assert.Equal(PasswordVerdict.Wrong, await hasher.VerifyAsync(new string('x', 1_000_000), stored, Ct));
        Assert.True(await hasher.IsAmongAsync("what it is", [await hasher.HashAsync("other", Ct), stored], Ct));
        Assert.False(await hasher.IsAmongAsync("what it was", [stored], Ct));
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var running = queue.RunAsync(() => { begun.Set(); gate.Wait(Ct); return 1; }, Ct);
        begun.Wait(Ct);
        var waits = hasher.VerifyNothingAsync("guess", Ct);
        await Assert.ThrowsAsync<GridException>(() => hasher.VerifyNothingAsync("guess", Ct));
        Assert.False(waits.IsCompleted);
        gate.Set();
        await Task.WhenAll(running, waits);
    }
}
