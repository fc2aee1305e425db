using System.Security.Cryptography;
using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Serialization;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")] // file modes

namespace ComplianceGrid.Storage.Tests;

/// <summary>Grain storage as a silo has it, without the silo.</summary>
internal sealed class StorageHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _keyFile;

    private StorageHost(ServiceProvider services, string keyFile) => (_services, _keyFile) = (services, keyFile);

    public GridStorage Storage => Get<GridStorage>();

    /// <summary>The storage's own connections, as grid_silo.</summary>
    public NpgsqlDataSource Silo => Get<StorageDatabase>().Source;

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public static StorageHost Start(GridDatabase db, string? masterKeyFile = null, Action<GridStorageOptions>? configure = null)
    {
        var keyFile = masterKeyFile ?? NewKeyFile();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSerializer();
        services.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = ("grid", "test"));
        services.AddFileMasterKey(keyFile);
        services.AddGridStorageServices(options =>
        {
            options.ConnectionString = db.Grid(GridRole.Silo);
            configure?.Invoke(options);
        });
        return new(services.BuildServiceProvider(), keyFile);
    }

    public string KeyFile => _keyFile;

    public static string NewKeyFile()
    {
        var path = Path.Combine(Path.GetTempPath(), $"master-key-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}");
        File.WriteAllText(path, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    public async Task<TestState> ReadAsync(string key)
    {
        var state = new TestState();
        await Storage.ReadStateAsync("test", GrainId.Create("test", key), state);
        return state;
    }

    public Task WriteAsync(string key, TestState state) => Storage.WriteStateAsync("test", GrainId.Create("test", key), state);

    /// <summary>A committer of its own, to commit a group that the test chooses.</summary>
    public StateCommitter Committer(short shard = 0) => new(
        new StateTransaction(Silo, shard), Get<EventHints>(), Get<OutboxHints>(), TimeProvider.System,
        Get<ILogger<GridStorage>>());

    public async Task<StateWrite> SealAsync(string key, long expected, StateCommit? commit = null)
    {
        var sealer = new StateSealer(Get<TenantKeyring>(), Get<IOptions<ClusterOptions>>().Value.ServiceId);
        var tenant = Tenancy.TenantKeys.TenantOf(key);
        var box = await sealer.SealAsync(new(tenant, "test", key, expected + 1), "{\"value\":\"group\"}"u8.ToArray());
        return new("test", key, tenant, expected, box, commit ?? StateCommit.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        File.Delete(_keyFile);
    }
}
