using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Database;
using ComplianceGrid.Storage.Inbox;
using Npgsql;

namespace ComplianceGrid.Gateway.Connections;

/// <summary>The gateway's verb for vendor accounts: <c>connections add</c> and <c>connections list</c>.</summary>
internal static class ConnectionsCommand
{
    private const string Usage = """
        connections add --tenant T --vendor checkr --account-id A --api-key-file F [--base-url U] [--id ID] [--retire-others-after-hours N]
            Prints the connection's id, which is part of its webhook's address. Repeating it changes nothing; another
            key file adds a key beside the active ones (rotation), and the newest is used to call the vendor.
        connections list
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddGridDefaults("gateway");
        builder.Services.AddGridDataSource("Grid");
        builder.Services.AddGatewayVault();
        builder.Services.AddInboxStorage();
        configure?.Invoke(builder);
        await using var app = builder.Build();
        try
        {
            return args switch
            {
                ["add", .. var options] when ConnectionArguments.TryParse(options, out var added, out var problem)
                    => problem is null ? await AddAsync(app.Services, added, output, error) : await FailAsync(error, problem),
                ["list"] => await ListAsync(app.Services, output),
                _ => await FailAsync(error, Usage),
            };
        }
        catch (NpgsqlException e)
        {
            return await FailAsync(error, e.Message);
        }
    }

    private static async Task<int> AddAsync(IServiceProvider services, ConnectionArguments added, TextWriter output, TextWriter error)
    {
        var secret = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(added.ApiKeyFile)).Trim());
        if (secret.Length < 8) return await FailAsync(error, $"{added.ApiKeyFile} holds no API key.");
        var vault = services.GetRequiredService<GatewayVault>();
        var store = services.GetRequiredService<VendorConnections>();
        await vault.LoadAsync(default);

        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var keyId = Guid.CreateVersion7(now);
        var id = await store.AddAsync(
            new(added.Id ?? NewId(), added.Tenant.Value, added.Vendor, added.AccountId, added.BaseUrl, vault.Fingerprint(secret), added.RetireOthersAfter),
            connection => new(keyId, vault.Seal(secret, ConnectionSecrets.ContextOf(connection, keyId))), "operator:" + Environment.UserName, now, default);
        if (id is null) return await FailAsync(error, "This account belongs to another tenant.");
        await output.WriteLineAsync(id);
        return 0;
    }

    private static async Task<int> ListAsync(IServiceProvider services, TextWriter output)
    {
        foreach (var c in await services.GetRequiredService<VendorConnections>().LoadAsync(default))
            await output.WriteLineAsync($"{c.Id}\t{c.Tenant}\t{c.Vendor}\t{c.AccountId}\t{c.BaseUrl}\t{c.Keys.Count} active key(s)");
        return 0;
    }

    /// <summary>192 random bits.</summary>
    private static string NewId() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');

    private static async Task<int> FailAsync(TextWriter error, string message)
    {
        await error.WriteLineAsync(message);
        return 2;
    }
}
