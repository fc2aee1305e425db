using System.Text.Json.Nodes;
using ComplianceGrid.TestKit;
using ComplianceGrid.TestKit.People;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Grid;

/// <summary>The grid that is measured, traced as the product is, with people and settings that a benchmark asks for.</summary>
internal sealed class GridUnderTest() : LocalGrid(silos: 1, traces: null, patience: null)
{
    private readonly HttpClient _http = new();

    public string Issuer => Configured("api", "Authentication", "Issuer");

    /// <summary>Where a gateway of the benchmark's own listens.</summary>
    public Uri OwnGateway => Url(16);

    public string Connection(string service, string name) => Configured(service, "ConnectionStrings", name);

    /// <summary>An access token of somebody new, for as long as it lives: ten minutes.</summary>
    public async Task<string> TokenAsync(string tenant, string user, CancellationToken ct)
    {
        using var member = await MemberAsync(tenant, user, ct);
        return await member.TokenAsync(ct);
    }

    /// <summary>Somebody new, <c>user@tenant.example</c>.</summary>
    public async Task<Member> MemberAsync(string tenant, string user, CancellationToken ct)
    {
        var email = $"{user}@{tenant}.example";
        var printed = await RunAsync("accounts", "add", "--email", email, "--tenant", tenant, "--roles", "TenantAdmin,ComplianceManager");
        return await Member.JoinAsync(_http, Api, email, printed, ct);
    }

    /// <summary>Gives so many accounts <c>copy-N@copies.example</c> the password and the memberships of one that there is.</summary>
    public async Task CopyAccountsAsync(string email, int copies, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(await SuperuserAsync("grid"));
        await using var command = database.CreateCommand("""
            WITH it AS (SELECT * FROM identity.account WHERE normalized_user_name = upper($1)),
            made AS (
              INSERT INTO identity.account (id, user_name, normalized_user_name, email, normalized_email, email_confirmed, security_stamp, concurrency_stamp, created_at)
              SELECT gen_random_uuid(), name, upper(name), name, upper(name), true, security_stamp, concurrency_stamp, created_at
                FROM it, (SELECT 'copy-' || n || '@copies.example' AS name FROM generate_series(0, $2 - 1) AS n) AS names
              RETURNING id),
            passwords AS (INSERT INTO identity.password (account_id, set_at, hash) SELECT made.id, set_at, hash FROM made, identity.password, it WHERE account_id = it.id)
            INSERT INTO identity.membership (tenant_id, account_id, roles) SELECT tenant_id, made.id, roles FROM made, identity.membership, it WHERE account_id = it.id
            """);
        command.Parameters.Add(new() { Value = email });
        command.Parameters.Add(new() { Value = copies });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A host's configuration, to be changed.</summary>
    public JsonNode Config(string service) => JsonNode.Parse(File.ReadAllBytes(ConfigFile(service)))!;

    /// <summary>Changes a host's configuration and starts it anew. <c>./grid up</c> writes it as it was.</summary>
    public async Task ReconfigureAsync(string service, Action<JsonNode> change, CancellationToken ct)
    {
        var config = Config(service);
        change(config);
        await File.WriteAllTextAsync(ConfigFile(service), config.ToJsonString(), ct);
        await StopAsync(service);
        await StartAsync(service);
    }

    public override async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await base.DisposeAsync();
    }
}
