using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Events;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Storage.Projections.Reads;

/// <summary>One page of a tenant's vendor orders, by the instant of placing. Null: not filtered by it.</summary>
public sealed record OrderQuery
{
    public Guid? EmployeeId { get; init; }
    public string? Vendor { get; init; }
    public ComplianceStatus? Status { get; init; }
    /// <summary>Orders for people of these sites alone; null: every site.</summary>
    public IReadOnlyList<string>? Sites { get; init; }
    public bool Descending { get; init; }
    public OrderPosition? After { get; init; }
    public required int Limit { get; init; }
}

public sealed record OrderPosition(DateTimeOffset PlacedAt, Guid Id);

/// <summary>What a list shows of an order, as of the instant that it was read for.</summary>
public sealed record OrderListing
{
    public required Guid Id { get; init; }
    public required Guid EmployeeId { get; init; }
    public required string Vendor { get; init; }
    public required string Product { get; init; }
    public required string Item { get; init; }
    public required DateTimeOffset PlacedAt { get; init; }
    public required FactOutcome Outcome { get; init; }
    public required string? LastMilestone { get; init; }
    public required ComplianceStatus Status { get; init; }
    /// <summary>Null when an instant has passed since the evaluation at which they may have changed.</summary>
    public required ImmutableArray<StatusReason>? Reasons { get; init; }
    public required long Revision { get; init; }
    public OrderPosition Position => new(PlacedAt, Id);
}

/// <summary>Pages of a tenant's orders from <c>grid.vendor_order</c>.</summary>
public sealed class OrderReads
{
    private readonly TenantReader _reader;

    internal OrderReads(TenantReader reader) => _reader = reader;

    public async Task<(IReadOnlyList<OrderListing> Rows, OrderPosition? Next)> ListAsync(
        TenantId tenant, OrderQuery query, DateTimeOffset now, CancellationToken ct)
    {
        var page = PageQuery(tenant, query with { Limit = query.Limit + 1 }, now);
        var rows = await _reader.ReadAsync(tenant, row => Map(row, now), ct, page).ConfigureAwait(false);
        if (rows.Count <= query.Limit) return (rows, null);
        rows.RemoveRange(query.Limit, rows.Count - query.Limit);
        return (rows, rows[^1].Position);
    }

    private const string From = $"""
        SELECT order_id, employee_id, vendor, product, item, placed_at, outcome, last_milestone,
               status, transition_at, transition_status, next_transition_at, reasons, revision
          FROM grid.vendor_order
         WHERE tenant_id = $1 AND ($6::uuid IS NULL OR employee_id = $6) AND ($7::text IS NULL OR vendor = $7)
           AND ($8::smallint IS NULL OR $8 = CASE WHEN next_transition_at <= $2
                 THEN {StatusSql.At} ELSE status END)
           AND ($9::text[] IS NULL OR EXISTS (
                 SELECT FROM grid.employee e WHERE e.tenant_id = $1 AND e.employee_id = vendor_order.employee_id AND e.site = ANY ($9)))
        """;

    private const string Up = $"{From} AND (placed_at, order_id) > ($4, $5) ORDER BY placed_at, order_id LIMIT $3";
    private const string Down = $"{From} AND (placed_at, order_id) < ($4, $5) ORDER BY placed_at DESC, order_id DESC LIMIT $3";

    internal static Query PageQuery(TenantId tenant, OrderQuery query, DateTimeOffset now)
    {
        var after = query.After ?? (query.Descending
            ? new(new DateTimeOffset(9999, 1, 1, 0, 0, 0, TimeSpan.Zero), Guid.AllBitsSet)
            : new(DateTimeOffset.UnixEpoch, Guid.Empty));
        return new Query(query.Descending ? Down : Up,
            Parameters.Text(tenant.Value), Parameters.Instant(now), Parameters.Integer(query.Limit),
            Parameters.Instant(after.PlacedAt), Parameters.Uuid(after.Id),
            Parameters.Uuid(query.EmployeeId), Parameters.Text(query.Vendor), Parameters.Small((short?)query.Status), Parameters.Texts(query.Sites));
    }

    private static OrderListing Map(NpgsqlDataReader row, DateTimeOffset now)
    {
        var timeline = StatusTimeline.Read(row, 8);
        return new()
        {
            Id = row.GetGuid(0),
            EmployeeId = row.GetGuid(1),
            Vendor = row.GetString(2),
            Product = row.GetString(3),
            Item = row.GetString(4),
            PlacedAt = row.GetDateTime(5),
            Outcome = (FactOutcome)row.GetInt16(6),
            LastMilestone = row.IsDBNull(7) ? null : row.GetString(7),
            Status = timeline.At(now),
            Reasons = timeline.HoldsAt(now)
                ? JsonSerializer.Deserialize<ImmutableArray<StatusReason>>(row.GetFieldValue<byte[]>(12), GridJson.Options)
                : null,
            Revision = row.GetInt64(13),
        };
    }
}
