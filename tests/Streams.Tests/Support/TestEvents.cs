using ComplianceGrid.Events;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Streams.Core;
using ComplianceGrid.TestKit;
using Npgsql;

namespace ComplianceGrid.Streams.Tests.Support;

internal static class TestEvents
{
    private static readonly DateTimeOffset Then = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public static string Employee(int number) => $"acme/{new Guid(number, 0, 0, new byte[8]):D}";

    public static ComplianceEvent Of(string key, string source, long version, string? traceParent = null) => new()
    {
        Id = $"{source}#{version}",
        Source = "test",
        Type = EventTypes.OrderFact,
        Time = Then,
        Namespace = StreamNamespaces.Compliance,
        Key = key,
        TraceParent = traceParent,
        Data = new() { SourceKey = source, SourceVersion = version, Outcome = FactOutcome.Satisfied, ObservedAt = Then },
    };

    public static StreamedEvent At(long position, int stream = 0) =>
        new(Of(Employee(stream), "s", position) with { LogPosition = new(0, position) }, attempt: 1, position);

    public static async Task AppendAsync(string connectionString, IEnumerable<ComplianceEvent> events, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await EventLog.AppendAsync(connection, transaction, [.. events.Select(EventLogEntry.Of)], ct);
        await transaction.CommitAsync(ct);
    }

    public static async Task UntilAllSavedAsync(string connectionString, CancellationToken ct)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await Eventually.IsAsync(async () =>
        {
            await using var command = database.CreateCommand("SELECT (SELECT count(*) FROM grid.event_log WHERE closed_at IS NULL) + (SELECT count(*) FROM grid.parked_event)");
            return (long)(await command.ExecuteScalarAsync(ct))!;
        }, unsaved => unsaved == 0, "every event is saved, and none parked", ct);
    }
}
