using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Sql;
using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Storage.Projections.Reads;

/// <summary>Pages of a tenant's employees from <c>grid.employee</c>, right as of any instant however late the sweep is.</summary>
public sealed class EmployeeReads
{
    private static readonly EmployeePosition First = new("", DateOnly.MinValue, ComplianceStatus.Green, Guid.Empty);
    private static readonly EmployeePosition Last = new(SortName.LastCharacter, DateOnly.MaxValue, ComplianceStatus.Red, Guid.AllBitsSet);

    private readonly TenantReader _reader;

    internal EmployeeReads(TenantReader reader) => _reader = reader;

    /// <returns>At most <see cref="EmployeeQuery.Limit"/> rows, and the position to go on from, null on the last page.</returns>
    public async Task<(IReadOnlyList<EmployeeListing> Rows, EmployeePosition? Next)> ListAsync(
        TenantId tenant, EmployeeQuery query, DateTimeOffset now, CancellationToken ct)
    {
        // One row more than asked for tells whether there is a page after this one.
        var queries = Queries(tenant, query with { Limit = query.Limit + 1 }, now);
        var rows = await _reader.ReadAsync(tenant, row => Map(row, now), ct, queries).ConfigureAwait(false);
        if (rows.Count <= query.Limit) return (rows, null);
        rows.RemoveRange(query.Limit, rows.Count - query.Limit);
        return (rows, rows[^1].Position);
    }

    internal static Query[] Queries(TenantId tenant, EmployeeQuery query, DateTimeOffset now)
    {
        if (query.Sort != EmployeeSort.Status) return [One(tenant, query, query.Status, query.After, now)];

        // Sorted by colour: a list by name for each colour from the position's on, one after the other.
        var from = query.After?.Status;
        ComplianceStatus[] colours = query.Descending
            ? [ComplianceStatus.Red, ComplianceStatus.Amber, ComplianceStatus.Green]
            : [ComplianceStatus.Green, ComplianceStatus.Amber, ComplianceStatus.Red];
        return [.. colours
            .SkipWhile(colour => from is { } f && colour != f)
            .Where(colour => query.Status is null || query.Status == colour)
            .Select(colour => One(tenant, query, colour, colour == from ? query.After : null, now))];
    }

    private static Query One(TenantId tenant, EmployeeQuery query, ComplianceStatus? status, EmployeePosition? after, DateTimeOffset now)
    {
        var sql = (query.Sort == EmployeeSort.Hired, query.Descending, status is not null) switch
        {
            (false, false, false) => EmployeeSql.ByName,
            (false, true, false) => EmployeeSql.ByNameDown,
            (false, false, true) => EmployeeSql.StatusByName,
            (false, true, true) => EmployeeSql.StatusByNameDown,
            (true, false, false) => EmployeeSql.ByHired,
            (true, true, false) => EmployeeSql.ByHiredDown,
            (true, false, true) => EmployeeSql.StatusByHired,
            (true, true, true) => EmployeeSql.StatusByHiredDown,
        };
        after ??= query.Descending ? Last : First;
        var name = query.NamePrefix is { } prefix ? SortName.Range(prefix) : default((string? From, string? Below));
        return new Query(sql,
            Parameters.Text(tenant.Value), Parameters.Instant(now), Parameters.Integer(query.Limit),
            Parameters.Text(after.SortName), Parameters.Date(after.HiredOn), Parameters.Uuid(after.Id),
            Parameters.Small((short?)status), Parameters.Text(query.Site), Parameters.Text(query.Role),
            Parameters.Text(name.From), Parameters.Text(name.Below),
            Parameters.Date(query.HiredFrom), Parameters.Date(query.HiredTo), Parameters.Boolean(query.Employed), Parameters.Texts(query.Sites));
    }

    private static EmployeeListing Map(NpgsqlDataReader row, DateTimeOffset now)
    {
        var timeline = StatusTimeline.Read(row, 9);
        var (id, status, hired) = (row.GetGuid(0), timeline.At(now), row.GetFieldValue<DateOnly>(7));
        return new()
        {
            Id = id,
            EmployeeNumber = row.GetString(1),
            GivenName = row.GetString(2),
            FamilyName = row.GetString(3),
            Site = row.GetString(5),
            Roles = [.. row.GetFieldValue<string[]>(6)],
            HiredOn = hired,
            EmploymentEndedOn = row.IsDBNull(8) ? null : row.GetFieldValue<DateOnly>(8),
            Status = status,
            NextTransition = timeline.NextAfter(now),
            Reasons = timeline.HoldsAt(now)
                ? JsonSerializer.Deserialize<ImmutableArray<StatusReason>>(row.GetFieldValue<byte[]>(13), GridJson.Options)
                : null,
            Revision = row.GetInt64(14),
            Position = new(row.GetString(4), hired, status, id),
        };
    }
}
