using System.Collections.Concurrent;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Sessions;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Identity.Sessions;

/// <summary>A clock that stands still until the test moves it, over a real feed.</summary>
public sealed class SessionGateTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly FakeSessions _sessions = new();
    private GridDatabase _database = null!;
    private NpgsqlDataSource _api = null!, _rows = null!;
    private SessionFeed _feed = null!;
    private SessionActivity _activity = null!;
    private SessionGate _gate = null!;
    private int _made;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await GridDatabase.CreateAsync(Ct);
        _api = NpgsqlDataSource.Create(_database.Grid(GridRole.Api));
        _rows = NpgsqlDataSource.Create(_database.Grid(GridRole.Superuser));
        _feed = new(new SessionEnds(_api), _clock, NullLogger<SessionFeed>.Instance);
        _activity = new(_sessions, _clock, NullLogger<SessionActivity>.Instance);
        _gate = new(_feed, _sessions, _activity, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _feed.StopAsync(CancellationToken.None);
        await _activity.StopAsync(CancellationToken.None);
        _feed.Dispose();
        _activity.Dispose();
        await _api.DisposeAsync();
        await _rows.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task At_its_start_it_asks_until_it_has_read_the_ends_of_the_last_quarter_of_an_hour()
    {
        SessionKey alive = New(), old = New(), ended = New();
        await EndAsync(old, minutesAgo: 16);
        await EndAsync(ended, minutesAgo: 14);
        Assert.True(await CheckAsync(alive, asks: 1)); // nothing was read yet
        await _feed.StartAsync(Ct);
        await YoungAsync();
        Assert.True(await CheckAsync(alive, asks: 0));
        Assert.False(await CheckAsync(ended, asks: 0));
    }

    [Fact]
    public async Task An_end_is_refused_after_the_next_read_and_for_a_quarter_of_an_hour()
    {
        var key = New();
        await _feed.StartAsync(Ct);
        await YoungAsync();
        Assert.True(await CheckAsync(key, asks: 0));
        await EndAsync(key);
        await ReadAgainAsync(() => _feed.HasEnded(key.Session));
        Assert.False(await CheckAsync(key, asks: 0));
        _clock.Advance(TimeSpan.FromMinutes(14));
        Assert.False(await CheckAsync(key, asks: 0));
        await ReadAgainAsync(() => !_feed.HasEnded(key.Session), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_process_that_was_stopped_asks_before_it_believes_what_it_read()
    {
        SessionKey dies = New(), lives = New();
        await _feed.StartAsync(Ct);
        await YoungAsync();
        await _feed.StopAsync(Ct); // as a process that gets no processor: its clock goes on, nothing of it does
        await EndAsync(dies);
        _sessions.Ended[dies] = 0;
        Assert.True(await CheckAsync(dies, asks: 0)); // within the second nobody can know
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.False(await CheckAsync(dies, asks: 1));
        Assert.True(await CheckAsync(lives, asks: 1));
        _sessions.Unknown[lives] = 0;
        Assert.False(await CheckAsync(lives, asks: 1));
    }

    [Fact]
    public async Task Where_nobody_answers_within_two_seconds_nobody_can_say()
    {
        _sessions.Hangs = true;
        var check = _gate.CheckAsync(New(), Ct).AsTask();
        Assert.False(check.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(GridError.Unavailable, (await Assert.ThrowsAsync<GridException>(() => check)).Error);
    }

    [Theory]
    [InlineData("DELETE FROM grid.session_end WHERE number = 3")] // a gap
    [InlineData("DELETE FROM grid.session_end WHERE number >= 2")] // put back
    [InlineData("UPDATE grid.session_end SET session_id = gen_random_uuid() WHERE number = 2; DELETE FROM grid.session_end WHERE number > 2")] // put back, and gone on otherwise
    [InlineData("DELETE FROM grid.session_end")]
    public async Task A_feed_that_is_not_whole_is_not_believed(string damage)
    {
        SessionKey[] ended = [New(), New()];
        foreach (var key in ended) await EndAsync(key);
        await _feed.StartAsync(Ct);
        await YoungAsync();
        await _feed.StopAsync(Ct);
        for (var n = 0; n < 2; n++) await EndAsync(New());
        await ExecuteAsync(damage);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Step.OfAsync(_feed, Ct));
        Assert.True(await CheckAsync(New(), asks: 1));
        Assert.False(await CheckAsync(ended[0], asks: 0)); // what it knew it knows
    }

    [Fact]
    public async Task Activity_is_told_once_a_minute_and_again_after_a_failure()
    {
        await _feed.StartAsync(Ct);
        await YoungAsync();
        await _feed.StopAsync(Ct);
        var key = New();
        for (var second = 0; second < 130; second++)
        {
            _activity.Seen(key);
            await Step.OfAsync(_activity, Ct);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([0, 60, 120], _sessions.Touched.Select(at => (int)Math.Round((at - _sessions.Touched.First()).TotalSeconds)));
        _sessions.Fails = true;
        _clock.Advance(TimeSpan.FromMinutes(1));
        _activity.Seen(key);
        var seen = _clock.GetUtcNow();
        await Assert.ThrowsAsync<GridException>(() => Step.OfAsync(_activity, Ct));
        _sessions.Fails = false;
        _clock.Advance(TimeSpan.FromSeconds(10));
        await Step.OfAsync(_activity, Ct);
        Assert.Equal(seen, _sessions.Touched.Last()); // when it was seen, not when it was told
    }

    private SessionKey New() => new(new("acme"), new Guid(++_made, 0, 0, new byte[8]));

    private async Task<bool> CheckAsync(SessionKey key, int asks)
    {
        var before = _sessions.Asks;
        var answer = await _gate.CheckAsync(key, Ct);
        Assert.Equal(asks, _sessions.Asks - before);
        return answer;
    }

    private Task YoungAsync() => Eventually.TrueAsync(() => _feed.Age <= SessionGate.Believed, "the feed was read", Ct);

    private Task ReadAgainAsync(Func<bool> condition, TimeSpan? step = null) => Eventually.TrueAsync(() =>
    {
        _clock.Advance(step ?? TimeSpan.FromMilliseconds(250));
        return condition();
    }, "the feed was read again", Ct);

    private Task EndAsync(SessionKey key, int minutesAgo = 0) => ExecuteAsync($"""
        WITH taken AS (UPDATE grid.session_feed SET next_number = next_number + 1 RETURNING next_number - 1 AS number)
        INSERT INTO grid.session_end SELECT number, 'acme', '{key.Session:D}', clock_timestamp() - interval '{minutesAgo} minutes' FROM taken
        """);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _rows.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }

    /// <summary>One step of a loop that does not run.</summary>
    private static class Step
    {
        public static Task OfAsync(ServiceDefaults.Loops.GridLoop loop, CancellationToken ct) =>
            (Task)loop.GetType().GetMethod("StepAsync", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.Invoke(loop, [ct])!;
    }

    private sealed class FakeSessions : ISessions
    {
        public ConcurrentDictionary<SessionKey, byte> Ended { get; } = new();
        public ConcurrentDictionary<SessionKey, byte> Unknown { get; } = new();
        public ConcurrentQueue<DateTimeOffset> Touched { get; } = new();
        public bool Hangs { get; set; }
        public bool Fails { get; set; }
        public int Asks { get; private set; }

        public Task<SessionRecord> GetAsync(SessionKey key)
        {
            Asks++;
            if (Hangs) return new TaskCompletionSource<SessionRecord>().Task;
            if (Unknown.ContainsKey(key)) throw new GridException(GridError.NotFound, "There is no such session.");
            return Task.FromResult(new SessionRecord
            {
                Key = key,
                Start = new() { Account = key.Session, Privileged = false, ClientId = "web" },
                StartedAt = default,
                LastActivityAt = default,
                EndsAt = default,
                Ended = Ended.ContainsKey(key) ? new(default, SessionEndReason.Killed) : null,
            });
        }

        public Task TouchAsync(SessionKey key, DateTimeOffset at)
        {
            if (Fails) throw new GridException(GridError.Unavailable, "Away.");
            Touched.Enqueue(at);
            return Task.CompletedTask;
        }
    }
}
