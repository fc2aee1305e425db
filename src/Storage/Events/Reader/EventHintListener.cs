using System.Globalization;
using Npgsql;

namespace ComplianceGrid.Storage.Events.Reader;

/// <summary>
/// Hears that a queue has something new. Producers notify after their commit; a hint that is lost costs latency, nothing else.
/// </summary>
/// <param name="own">Of this process, which are heard without the database; null: there are none.</param>
public sealed class EventHintListener(NpgsqlDataSource database, EventHints? own)
{
    private static readonly TimeSpan CheckAfter = TimeSpan.FromSeconds(30);

    /// <summary>Listens on one connection until it is cancelled or the connection breaks: it ends by throwing.</summary>
    /// <param name="listening">Called once the connection hears.</param>
    /// <param name="hint">Called with the queue's number.</param>
    public async Task ListenAsync(Action listening, Action<int> hint, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        connection.Notification += (_, notification) =>
        {
            var payload = notification.Payload.Split('/'); // who it is from is not said by every version
            if (own is not null && payload[^1] == own.Origin) return;
            if (int.TryParse(payload[0], NumberStyles.None, CultureInfo.InvariantCulture, out var queue)) hint(queue);
        };
        await ExecuteAsync(connection, "LISTEN grid_events", ct);
        listening();
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            // A peer that vanished without a word is found by asking it.
            if (!await connection.WaitAsync(CheckAfter, ct)) await ExecuteAsync(connection, "SELECT 1", ct);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, [System.Diagnostics.CodeAnalysis.ConstantExpected] string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // only the two constants above
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }
}
