using System.Collections.Immutable;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;
using Npgsql;
using static ComplianceGrid.Storage.Sql.Parameters;

namespace ComplianceGrid.Storage.Identity;

/// <summary>What an account is in a tenant.</summary>
/// <param name="Sites">Those it may see; none: all of the tenant's.</param>
/// <param name="EmployeeId">The member's own employee record.</param>
public sealed record Membership(TenantId Tenant, Guid AccountId, ImmutableArray<string> Roles, ImmutableArray<string> Sites, Guid? EmployeeId);

/// <summary>
/// <c>identity.membership</c>, as <c>grid_api</c>. Row-level security shows an account's own rows at its sign-in, and a tenant's to the
/// tenant; each call sets the one scope that it needs, in its own transaction.
/// </summary>
public sealed class Memberships(NpgsqlDataSource api)
{
    private const string Columns = "tenant_id, account_id, roles, sites, employee_id";

    /// <summary>All of one account's, by tenant.</summary>
    public Task<List<Membership>> OfAccountAsync(Guid account, CancellationToken ct) => ReadAsync(
        AccountScope(account),
        new($"SELECT {Columns} FROM identity.membership WHERE account_id = $1 ORDER BY tenant_id", Uuid(account)), ct);

    /// <summary>All of one tenant's.</summary>
    public Task<List<Membership>> OfTenantAsync(TenantId tenant, CancellationToken ct) => ReadAsync(
        TenantScope(tenant),
        new($"SELECT {Columns} FROM identity.membership WHERE tenant_id = $1 ORDER BY account_id", Text(tenant.Value)), ct);

    /// <summary>One account's in one tenant, as that tenant sees it.</summary>
    public async Task<Membership?> FindAsync(TenantId tenant, Guid account, CancellationToken ct) => (await ReadAsync(
        TenantScope(tenant),
        new($"SELECT {Columns} FROM identity.membership WHERE tenant_id = $1 AND account_id = $2", Text(tenant.Value), Uuid(account)),
        ct)).SingleOrDefault();

    /// <summary>Members who can sign in, and have no passkey.</summary>
    public Task<long> WithoutPasskeyAsync(TenantId tenant, CancellationToken ct) => LostConnection.RepeatAsync(api, async () =>
    {
        await using var batch = api.CreateBatch();
        batch.BatchCommands.Add(TenantScope(tenant).Command());
        batch.BatchCommands.Add(new Query("""
            SELECT count(*) FROM identity.membership m JOIN identity.account a ON a.id = m.account_id AND a.disabled_at IS NULL
             WHERE m.tenant_id = $1 AND NOT EXISTS (SELECT FROM identity.account_passkey p WHERE p.user_id = m.account_id)
            """, Text(tenant.Value)).Command());
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetInt64(0);
    });

    /// <summary>Grants it, in place of what the account was in that tenant.</summary>
    public async Task SaveAsync(Membership membership, CancellationToken ct)
    {
        await using var batch = api.CreateBatch();
        batch.BatchCommands.Add(TenantScope(membership.Tenant).Command());
        batch.BatchCommands.Add(new("""
            INSERT INTO identity.membership (tenant_id, account_id, roles, sites, employee_id) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, account_id) DO UPDATE SET roles = excluded.roles, sites = excluded.sites, employee_id = excluded.employee_id
            """)
        {
            Parameters =
            {
                Text(membership.Tenant.Value), Uuid(membership.AccountId), Texts(membership.Roles), Texts(membership.Sites),
                Uuid(membership.EmployeeId),
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A read may be repeated on a new connection when its own was lost.</summary>
    private Task<List<Membership>> ReadAsync(Query scope, Query query, CancellationToken ct) =>
        LostConnection.RepeatAsync(api, async () =>
        {
            await using var batch = api.CreateBatch();
            batch.BatchCommands.Add(scope.Command());
            batch.BatchCommands.Add(query.Command());
            await using var reader = await batch.ExecuteReaderAsync(ct);
            await reader.NextResultAsync(ct);
            var rows = new List<Membership>();
            while (await reader.ReadAsync(ct))
                rows.Add(new(
                    new(reader.GetString(0)), reader.GetGuid(1), [.. reader.GetFieldValue<string[]>(2)], [.. reader.GetFieldValue<string[]>(3)],
                    reader.IsDBNull(4) ? null : reader.GetGuid(4)));
            return rows;
        });

    private static Query TenantScope(TenantId tenant) => new("SELECT set_config('app.tenant_id', $1, true)", Text(tenant.Value));

    private static Query AccountScope(Guid account) => new("SELECT set_config('app.account_id', $1, true)", Text(account.ToString("D")));
}
