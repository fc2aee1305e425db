using System.Globalization;
using System.Text.Json;
using ComplianceGrid.Storage.Audit.Personal;
using ComplianceGrid.Storage.Encryption;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>
/// Keeps the state of tenants' grains: JSON sealed with the tenant's key, a write one transaction with everything in
/// <see cref="ICommittedState.Commit"/>, writes committed in groups. For grains whose key begins with a tenant.
/// </summary>
/// <remarks>
/// A write throws <see cref="InconsistentStateException"/> when the stored version is another or the commit's outcome is not
/// known (Orleans then drops the activation, and the next one reads the truth); <see cref="GridException"/> with
/// <see cref="GridError.AlreadyExists"/> (employee number), <see cref="GridError.Unavailable"/> (database away) or
/// <see cref="GridError.Fault"/> (data refused) when surely nothing was written: the grain must then undo its change in memory.
/// Orleans hands a grain these wrapped in an <see cref="OrleansException"/>; callers of the grain get them unwrapped.
/// A read throws <see cref="SealBrokenException"/> for a row that was tampered with, and <see cref="GridException"/> as a write does, or
/// <see cref="GridError.Unavailable"/> for a row in a form that this build does not know.
/// </remarks>
public sealed partial class GridStorage : IGrainStorage, IAsyncDisposable
{
    public const string ProviderName = "grid";

    private readonly GroupQueue<StateWrite>[] _writers;
    private readonly NpgsqlDataSource _source;
    private readonly StateSealer _sealer;
    private readonly PersonalDetails _details;
    private readonly IActivatorProvider _activators;
    private readonly ILogger _logger;

    internal GridStorage(NpgsqlDataSource source, StateSealer sealer, PersonalDetails details, IActivatorProvider activators,
        IReadOnlyList<StateCommitter> writers, int maxBatch, ILogger logger)
    {
        (_source, _sealer, _details, _activators, _logger) = (source, sealer, details, activators, logger);
        _writers = [.. writers.Select(writer => new GroupQueue<StateWrite>(maxBatch, writer.CommitAsync, (write, e) => write.Fail(e)))];
    }

    public Task ReadStateAsync<T>(string grainType, GrainId grainId, IGrainState<T> grainState) =>
        ReadStateAsync(grainType, grainId, grainState, CancellationToken.None);

    public async Task ReadStateAsync<T>(string grainType, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (key, tenant) = KeyOf(grainId);
        var (version, state) = await AskAsync(grainType, async () =>
            await ReadRowAsync(tenant, grainType, key, cancellationToken) is { } row
                ? (row.Version, await OpenAsync<T>(new(tenant, grainType, key, row.Version), row.Payload))
                : (0, _activators.GetActivator<T>().Create()));
        (grainState.State, grainState.ETag, grainState.RecordExists) = (state, ETag(version), version > 0);
    }

    public Task WriteStateAsync<T>(string grainType, GrainId grainId, IGrainState<T> grainState) =>
        WriteStateAsync(grainType, grainId, grainState, CancellationToken.None);

    /// <param name="cancellationToken">Not heeded: a write that has begun is finished, so that its outcome is known.</param>
    public async Task WriteStateAsync<T>(string grainType, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (key, tenant) = KeyOf(grainId);
        var expected = VersionOf(grainState.ETag);
        var json = JsonSerializer.SerializeToUtf8Bytes(grainState.State, StateJson.Options);
        var (box, commit) = await AskAsync(grainType, async () => (await _sealer.SealAsync(new(tenant, grainType, key, expected + 1), json), await CommitOfAsync(grainState.State, tenant)));
        await CommitAsync(new StateWrite(grainType, key, tenant, expected, box, commit));
        grainState.ETag = ETag(expected + 1);
        grainState.RecordExists = true;
    }

    public Task ClearStateAsync<T>(string grainType, GrainId grainId, IGrainState<T> grainState) =>
        ClearStateAsync(grainType, grainId, grainState, CancellationToken.None);

    /// <summary>Deletes the state row; messages and events of its commit go out with that, its read model's row stays.</summary>
    public async Task ClearStateAsync<T>(string grainType, GrainId grainId, IGrainState<T> grainState, CancellationToken cancellationToken)
    {
        var (key, tenant) = KeyOf(grainId);
        var expected = VersionOf(grainState.ETag);
        if (expected > 0)
        {
            var commit = await AskAsync(grainType, async () => await CommitOfAsync(grainState.State, tenant)) with { Projection = null };
            await CommitAsync(new StateWrite(grainType, key, tenant, expected, null, commit));
        }

        grainState.State = _activators.GetActivator<T>().Create();
        grainState.ETag = null;
        grainState.RecordExists = false;
    }

    /// <summary>Commits what is queued, then stops.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers) await writer.DisposeAsync();
    }

    internal static string? ETag(long version) => version == 0 ? null : version.ToString(CultureInfo.InvariantCulture);

    private static long VersionOf(string? etag) => string.IsNullOrEmpty(etag) ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);

    private static (string Key, TenantId Tenant) KeyOf(GrainId grainId)
    {
        var key = grainId.Key.ToString()!;
        return (key, TenantKeys.TenantOf(key));
    }

    /// <summary>Reads of rows and keys. The database's own exceptions must not leave this process: a caller in another would read of a missing codec.</summary>
    private async Task<T> AskAsync<T>(string stateName, Func<Task<T>> askAsync)
    {
        try
        {
            return await askAsync();
        }
        catch (NpgsqlException e)
        {
            LogNotRead(_logger, e, stateName);
            throw DatabaseErrors.Refusal(e, $"The database refused to read for the state '{stateName}'");
        }
    }

    private async ValueTask<StateCommit> CommitOfAsync<T>(T state, TenantId tenant)
    {
        var commit = (state as ICommittedState)?.Commit ?? StateCommit.None;
        if (commit.Projection is { } row && row.Tenant != tenant)
            throw new ArgumentException("A grain projects into its own tenant only.", nameof(state));
        return commit.Outbox.Any(message => message.Personal is not null) ? commit with { Outbox = await _details.SealAsync(commit.Outbox) } : commit;
    }

    /// <summary>A transaction is filled before another one runs beside it: two small ones cost twice what one does.</summary>
    private Task CommitAsync(StateWrite write)
    {
        var writer = _writers.FirstOrDefault(writer => writer.Count < GroupQueue<StateWrite>.Many) ?? _writers.MinBy(writer => writer.Count)!;
        writer.Add(write);
        return write.Done;
    }

    private async Task<(long Version, byte[] Payload)?> ReadRowAsync(TenantId tenant, string stateName, string key, CancellationToken ct)
    {
        await using var batch = _source.CreateBatch(); // one implicit transaction, in which the setting holds
        batch.BatchCommands.Add(StateSql.SetScope(tenant.Value));
        batch.BatchCommands.Add(StateSql.Read(stateName, key));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        return await reader.ReadAsync(ct) ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private async Task<T> OpenAsync<T>(StateAddress address, byte[] payload)
    {
        try
        {
            var json = await _sealer.OpenAsync(address, payload);
            return JsonSerializer.Deserialize<T>(json, StateJson.Options)!;
        }
        catch (SealBrokenException e)
        {
            StorageTelemetry.BrokenSeals.Add(1);
            LogBrokenSeal(_logger, e, address.Tenant.Value, address.StateName, address.GrainKey, address.Version);
            throw;
        }
        catch (JsonException e)
        {
            StorageTelemetry.UnreadStates.Add(1);
            LogUnread(_logger, e.Path, address.StateName, address.Version);
            throw new GridException(GridError.Unavailable, "The record was saved by a later version than this silo's, which cannot read it. Try again.");
        }
    }

    [LoggerMessage(4006, LogLevel.Error, "State {StateName}: row or keys were not read")]
    private static partial void LogNotRead(ILogger logger, Exception exception, string stateName);

    [LoggerMessage(4007, LogLevel.Error,
        "A state is in a form that this build does not know at {Path}: state {StateName}, version {Version}. Upgrade this silo")]
    private static partial void LogUnread(ILogger logger, string? path, string stateName, long version);

    [LoggerMessage(4005, LogLevel.Critical,
        "A sealed state does not open, an anomaly: tenant {Tenant}, state {StateName}, grain {GrainKey}, version {Version}")]
    private static partial void LogBrokenSeal(ILogger logger, Exception exception, string tenant, string stateName, string grainKey, long version);
}
