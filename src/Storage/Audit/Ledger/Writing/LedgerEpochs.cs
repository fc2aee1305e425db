using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Storage.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>Opens a tenant's next log, where the last one can no longer be trusted to be whole. As <c>grid_audit_writer</c>.</summary>
public sealed class LedgerEpochs(NpgsqlDataSource audit, TimeProvider time)
{
    private const string Insert =
        "INSERT INTO audit.epoch (tenant_id, epoch, origin, bound_checkpoint, created_at) VALUES ($1, $2, $3, $4, $5)";

    private readonly Partitions _partitions = new();

    /// <summary>The log that the tenant's entries go to now; of size 0 when it has none yet.</summary>
    public async Task<LogHead> HeadAsync(string tenant, CancellationToken ct)
    {
        await using var connection = await audit.OpenConnectionAsync(ct);
        return (await HeadSql.ReadAsync(connection, [tenant], ct))[0].Head;
    }

    /// <summary>
    /// Opens the epoch after both the found and the bound one, in one transaction with its first entry, which tells of it. Running
    /// writers lose the transaction in which they next append to the old log, look again, and go on in the new one.
    /// </summary>
    /// <param name="found">What was left of the log.</param>
    /// <param name="bound">The last that was published of it.</param>
    /// <param name="actor">For example <c>operator:ada</c>.</param>
    /// <returns>The new log's number; null when another opened one meanwhile.</returns>
    public async Task<int?> OpenAsync(LogHead found, LogCheckpoint bound, string ledger, string actor, CancellationToken ct)
    {
        var epoch = Math.Max(found.Epoch, bound.Epoch) + 1;
        var origin = LedgerOrigin.Of(ledger, found.Tenant, epoch);
        var now = LedgerEntry.Micros(time.GetUtcNow());
        await using var connection = await audit.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        try
        {
            await InsertAsync(connection, found.Tenant, epoch, origin, bound, now, ct);
            var empty = new OpenLog(found.Tenant, epoch, new Frontier(), Bytes: 0, DateTime.UnixEpoch, Tail: null);
            var grown = new LogAppend(empty, [First(found, bound, epoch, origin, actor, now)], now).Grow(new RecordWriter());
            await RowCopy.RunAsync(connection, await _partitions.OfAsync(connection, Partitions.MonthOf(now), ct), grown.Rows, ct);
            await HeadSql.InsertAsync(connection, [grown], ct);
            await transaction.CommitAsync(CancellationToken.None);
            return epoch;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }
    }

    private static async Task InsertAsync(
        NpgsqlConnection connection, string tenant, int epoch, string origin, LogCheckpoint bound, DateTime now, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Insert, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = tenant }, new NpgsqlParameter<int> { TypedValue = epoch },
                new NpgsqlParameter<string> { TypedValue = origin }, new NpgsqlParameter<string> { TypedValue = bound.Note.ToString() },
                new NpgsqlParameter<DateTime> { TypedValue = now, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static LedgerEntry First(LogHead found, LogCheckpoint bound, int epoch, string origin, string actor, DateTime now) => LedgerEntry.Of(new AuditEntry
    {
        Id = DerivedId.Of("epoch", origin),
        Timestamp = now,
        TenantId = found.Tenant,
        UserId = actor,
        UserRole = "operator",
        Action = AuditAction.LedgerEpochOpened,
        Resource = "audit/logs",
        ResourceId = origin,
        Details = JsonSerializer.Serialize(
            new
            {
                epoch,
                bound = new { bound.Epoch, bound.Size, Root = bound.Root.ToString(), Note = bound.Note.ToString() },
                found = new { found.Epoch, found.Size, Root = found.Root.ToString() },
            }, GridJson.Options),
        Success = true,
    }, detail: null);
}
