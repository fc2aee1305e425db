using ComplianceGrid.Storage.Identity;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Identity;

/// <summary>Asked by one, approved by another, in one transaction, in one tenant, for a day.</summary>
public sealed class FactorResetsTests : IAsyncLifetime
{
    private static readonly Guid Ada = new(1, 0, 0, new byte[8]), Bob = new(2, 0, 0, new byte[8]), Kim = new(3, 0, 0, new byte[8]);
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly FactorReset Asked = new(new("acme"), Ada, Bob, Now, Now.AddHours(24));

    private GridDatabase _db = null!;
    private NpgsqlDataSource _api = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private FactorResets Resets => new(_api);

    public async ValueTask InitializeAsync()
    {
        _db = await GridDatabase.CreateAsync(Ct);
        _api = NpgsqlDataSource.Create(_db.Grid(GridRole.Api));
        await Db.ExecuteAsync(_db.Grid(GridRole.Api), $"""
            INSERT INTO identity.account (id, user_name, normalized_user_name, email_confirmed, created_at) VALUES ('{Ada}', 'ada', 'ADA', true, now()), ('{Bob}', 'bob', 'BOB', true, now());
            INSERT INTO identity.totp VALUES ('{Ada}', 'sealed', now(), 1), ('{Bob}', 'sealed', now(), 1);
            INSERT INTO identity.telephone VALUES ('{Ada}', 'sealed', now()), ('{Bob}', 'sealed', now());
            INSERT INTO identity.recovery_code VALUES ('{Ada}', 'a'), ('{Bob}', 'b');
            INSERT INTO identity.account_passkey VALUES ('a', '{Ada}', jsonb_build_object()), ('b', '{Bob}', jsonb_build_object());
            INSERT INTO identity.password VALUES ('{Ada}', '2030-01-01Z', 'old');
            INSERT INTO identity.one_time_token (hash, account_id, purpose, expires_at, data) VALUES ('h', '{Ada}', 'set-password', now(), '');
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _db.DisposeAsync();
    }

    [Fact]
    public async Task Another_ones_approval_voids_all_that_the_account_had_and_nobody_elses()
    {
        Assert.Equal(Asked, await Resets.AskAsync(Asked, Ct));
        Assert.Null(await Resets.ApproveAsync(Asked.Tenant, Ada, Bob, "void", Now, Ct));
        Assert.Equal((1, 1, 1, 1, 1), await FactorsAsync(Ada));
        Assert.Equal(Asked, await Resets.ApproveAsync(Asked.Tenant, Ada, Kim, "void", Now, Ct));
        Assert.Equal((0, 0, 0, 0, 0), await FactorsAsync(Ada));
        Assert.Equal((1, 1, 1, 1, 0), await FactorsAsync(Bob));
        // Though a clock that was ahead wrote the one before: the newest is in force.
        Assert.Equal("void", await Db.ScalarAsync<string>(_db.Grid(GridRole.Api), $"SELECT hash FROM identity.password WHERE account_id = '{Ada}' ORDER BY set_at DESC LIMIT 1"));
        Assert.Null(await Resets.ApproveAsync(Asked.Tenant, Ada, Kim, "void", Now, Ct)); // once
    }

    [Fact]
    public async Task An_operator_voids_the_same_of_one_account_and_nobody_elses()
    {
        await Resets.VoidAsync(Ada, "void", Now, Ct);
        Assert.Equal((0, 0, 0, 0, 0), await FactorsAsync(Ada));
        Assert.Equal((1, 1, 1, 1, 0), await FactorsAsync(Bob));
        Assert.Equal("void", await Db.ScalarAsync<string>(_db.Grid(GridRole.Api), $"SELECT hash FROM identity.password WHERE account_id = '{Ada}' ORDER BY set_at DESC LIMIT 1"));
    }

    [Fact]
    public async Task After_a_day_or_in_another_tenant_nobody_has_asked()
    {
        await Resets.AskAsync(Asked, Ct);
        Assert.Null(await Resets.ApproveAsync(new("beta"), Ada, Kim, "void", Now, Ct));
        Assert.Null(await Resets.FindAsync(new("beta"), Ada, Now, Ct));
        Assert.Null(await Resets.WithdrawAsync(new("beta"), Ada, Now, Ct));
        Assert.Null(await Resets.ApproveAsync(Asked.Tenant, Ada, Kim, "void", Asked.ExpiresAt, Ct));
        Assert.Equal((1, 1, 1, 1, 1), await FactorsAsync(Ada));

        var asked = Asked with { AskedBy = Kim, AskedAt = Asked.AskedAt.AddHours(1), ExpiresAt = Asked.ExpiresAt.AddHours(1) };
        Assert.Equal(Asked, await Resets.AskAsync(asked, Ct)); // Bob's is in force
        var again = asked with { AskedAt = Asked.ExpiresAt, ExpiresAt = Asked.ExpiresAt.AddHours(24) };
        Assert.Equal(again, await Resets.AskAsync(again, Ct)); // and now it is not
        Assert.Equal(again, await Resets.WithdrawAsync(Asked.Tenant, Ada, again.AskedAt, Ct));
        Assert.Null(await Resets.FindAsync(Asked.Tenant, Ada, again.AskedAt, Ct));
    }

    /// <summary>Apps, telephones, recovery codes, passkeys, secrets in anybody's hand.</summary>
    private async Task<(long Apps, long Telephones, long Codes, long Passkeys, long Secrets)> FactorsAsync(Guid account)
    {
        var api = _db.Grid(GridRole.Api);
        return (await Count("totp", "account_id"), await Count("telephone", "account_id"), await Count("recovery_code", "account_id"), await Count("account_passkey", "user_id"), await Count("one_time_token", "account_id"));

        Task<long> Count(string table, string column) => Db.ScalarAsync<long>(api, $"SELECT count(*) FROM identity.{table} WHERE {column} = '{account}'");
    }
}
