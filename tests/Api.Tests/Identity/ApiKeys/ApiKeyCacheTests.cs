using ComplianceGrid.Api.Identity.ApiKeys;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Identity.ApiKeys;

/// <summary>A clock that stands still until the test moves it, over a real table.</summary>
public sealed class ApiKeyCacheTests : IAsyncLifetime
{
    private const string Prefix = "abcdefgh23";
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private GridDatabase _database = null!;
    private NpgsqlDataSource _api = null!, _rows = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await GridDatabase.CreateAsync(Ct);
        _api = NpgsqlDataSource.Create(_database.Grid(GridRole.Api));
        _rows = NpgsqlDataSource.Create(_database.Grid(GridRole.Superuser));
        await SqlAsync($"""
            INSERT INTO identity.account (id, user_name, normalized_user_name, email_confirmed, created_at) VALUES ('{Guid.AllBitsSet}', 'a', 'A', true, now());
            INSERT INTO identity.membership (tenant_id, account_id, roles, sites) VALUES ('acme', '{Guid.AllBitsSet}', array['TenantAdmin'], array['dallas']);
            INSERT INTO identity.membership (tenant_id, account_id, roles) VALUES ('globex', '{Guid.AllBitsSet}', array['Auditor']);
            INSERT INTO identity.api_key (id, tenant_id, prefix, name, permissions, owner_id, created_at, hashes, good_until)
            VALUES (gen_random_uuid(), 'acme', '{Prefix}', 'n', array['employees:read'], '{Guid.AllBitsSet}', now(), array['\x00'::bytea], array[now()])
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _rows.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task It_asks_again_when_what_it_knows_is_nine_tenths_of_a_second_old_and_not_before()
    {
        var cache = new ApiKeyCache(new(_api), _clock);
        var first = (await cache.FindAsync(Prefix, Ct))!;
        Assert.Equal(("acme", "TenantAdmin", "dallas"), (first.Owner!.Tenant.Value, Assert.Single(first.Owner.Roles), Assert.Single(first.Owner.Sites)));
        Assert.Null(await cache.FindAsync("zzzzzzzzzz", Ct));

        await SqlAsync("UPDATE identity.api_key SET revoked_at = now()");
        _clock.Advance(ApiKeyCache.Believed);
        Assert.Same(first, await cache.FindAsync(Prefix, Ct)); // without asking
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        var again = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => cache.FindAsync(Prefix, Ct).AsTask()));
        Assert.NotNull(Assert.Single(again.Distinct())!.Key.RevokedAt); // asked once for all
    }

    [Fact]
    public async Task A_disabled_owner_is_none()
    {
        await SqlAsync("UPDATE identity.account SET disabled_at = now()");
        Assert.Null((await new ApiKeyCache(new(_api), _clock).FindAsync(Prefix, Ct))!.Owner);
    }

    [Fact]
    public async Task The_role_sees_no_keys_but_those_of_the_tenant_in_scope_or_the_one_presented()
    {
        await using var command = _api.CreateCommand("SELECT count(*) FROM identity.api_key");
        Assert.Equal(0L, await command.ExecuteScalarAsync(Ct));
        Assert.Empty(await new ApiKeyStore(_api).OfTenantAsync(new("globex"), Ct));
        Assert.Single(await new ApiKeyStore(_api).OfTenantAsync(new("acme"), Ct));
    }

    [Fact]
    public async Task Without_the_database_it_says_that_nobody_can_say()
    {
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=u;Database=d");
        var refusal = await Assert.ThrowsAsync<GridException>(async () => await new ApiKeyCache(new(away), _clock).FindAsync(Prefix, Ct));
        Assert.Equal(GridError.Unavailable, refusal.Error);
    }

    private async Task SqlAsync(string sql)
    {
        await using var command = _rows.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
