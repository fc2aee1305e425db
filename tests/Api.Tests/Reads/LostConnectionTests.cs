using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Reads;

public sealed class LostConnectionTests(ReadsFixture reads)
{
    [Fact]
    public async Task A_read_after_the_pools_connections_died_is_repeated_on_a_new_one()
    {
        var ct = TestContext.Current.CancellationToken;
        var pool = new NpgsqlConnectionStringBuilder(reads.Database.Grid(GridRole.Api)) { ApplicationName = "lost-connection", MinPoolSize = 3 };
        await using var source = NpgsqlDataSource.Create(pool);
        var reader = new TenantReader(source);
        var query = new Query("SELECT $1::int", new NpgsqlParameter<int> { TypedValue = 7 });
        Assert.Equal([7], await reader.ReadAsync(new TenantId("anybody"), row => row.GetInt32(0), ct, query));

        await using var superuser = NpgsqlDataSource.Create(reads.Database.Grid(GridRole.Superuser));
        await using var kill = superuser.CreateCommand("SELECT count(pg_terminate_backend(pid, 30000)) FROM pg_stat_activity WHERE application_name = 'lost-connection'");
        Assert.NotEqual(0L, await kill.ExecuteScalarAsync(ct));

        Assert.Equal([7], await reader.ReadAsync(new TenantId("anybody"), row => row.GetInt32(0), ct, query));
    }
}
