using ComplianceGrid.Storage.Identity;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Storage.Tests.Identity;

/// <summary>Row-level security alone keeps a tenant's members from the others: an account sees its own, a tenant its own.</summary>
public sealed class MembershipsTests
{
    private static readonly Guid Ada = new(1, 0, 0, new byte[8]), Bob = new(2, 0, 0, new byte[8]), Employee = new(3, 0, 0, new byte[8]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_membership_is_seen_by_its_tenant_and_its_account_and_replaced_whole()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await using var api = NpgsqlDataSource.Create(db.Grid(GridRole.Api));
        var memberships = await GrantedAsync(db, api);

        Assert.Equal(["acme", "beta"], (await memberships.OfAccountAsync(Ada, Ct)).Select(membership => membership.Tenant.Value));
        Assert.Equal([Ada, Bob], (await memberships.OfTenantAsync(new("beta"), Ct)).Select(membership => membership.AccountId));
        var inAcme = await memberships.FindAsync(new("acme"), Ada, Ct);
        Assert.Equal(["Auditor", "Supervisor"], inAcme!.Roles);
        Assert.Equal(["dallas"], inAcme.Sites);
        Assert.Equal(Employee, inAcme.EmployeeId);
        Assert.Null(await memberships.FindAsync(new("acme"), Bob, Ct));
        Assert.Empty(await memberships.OfAccountAsync(Employee, Ct));

        await memberships.SaveAsync(new(new("acme"), Ada, ["Employee"], [], null), Ct);
        var changed = await memberships.FindAsync(new("acme"), Ada, Ct);
        Assert.Equal(["Employee"], changed!.Roles);
        Assert.Empty(changed.Sites);
        Assert.Null(changed.EmployeeId);
    }

    [Fact]
    public async Task Without_a_scope_nothing_is_seen_and_none_writes_into_another_tenant()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        await using var api = NpgsqlDataSource.Create(db.Grid(GridRole.Api));
        await GrantedAsync(db, api);
        var connection = db.Grid(GridRole.Api);

        Assert.Equal(0, await Db.ScalarAsync<long>(connection, "SELECT count(*) FROM identity.membership"));
        foreach (var act in new[] { "INSERT INTO identity.membership (tenant_id, account_id, roles) VALUES ('beta', '00000001-0000-0000-0000-000000000000', '{Auditor}')" })
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => Db.ExecuteAsync(connection, act))).SqlState);
        // An account's scope is for reading alone.
        var asAccount = await Assert.ThrowsAsync<PostgresException>(() => Db.ExecuteAsync(connection,
            $"SELECT set_config('app.account_id', '{Ada}', false); INSERT INTO identity.membership (tenant_id, account_id, roles) VALUES ('gamma', '{Ada}', '{{TenantAdmin}}')"));
        Assert.Equal("42501", asAccount.SqlState);
    }

    [Fact]
    public async Task No_other_role_reaches_accounts_or_keys()
    {
        await using var db = await GridDatabase.CreateAsync(Ct);
        foreach (var role in new[] { GridRole.Silo, GridRole.Gateway, GridRole.Sweeper })
            foreach (var table in new[] { "account", "password", "totp", "server_key", "membership", "token" })
                Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => Db.ExecuteAsync(db.Grid(role), $"SELECT FROM identity.{table}"))).SqlState);
        // A password is followed, never changed.
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => Db.ExecuteAsync(db.Grid(GridRole.Api), "UPDATE identity.password SET hash = ''"))).SqlState);
    }

    private static async Task<Memberships> GrantedAsync(GridDatabase db, NpgsqlDataSource api)
    {
        foreach (var (id, name) in new[] { (Ada, "ADA"), (Bob, "BOB") })
            await Db.ExecuteAsync(db.Grid(GridRole.Api),
                $"INSERT INTO identity.account (id, user_name, normalized_user_name, email_confirmed, created_at) VALUES ('{id}', '{name}', '{name}', true, now())");
        var memberships = new Memberships(api);
        await memberships.SaveAsync(new(new("acme"), Ada, ["Auditor", "Supervisor"], ["dallas"], Employee), Ct);
        await memberships.SaveAsync(new(new("beta"), Ada, ["Employee"], [], null), Ct);
        await memberships.SaveAsync(new(new("beta"), Bob, ["Supervisor"], [], null), Ct);
        return memberships;
    }
}
