using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.Sql;
using Npgsql;

namespace ComplianceGrid.Storage.Inbox;

/// <summary>Commits a group of completed webhooks in three round trips: close; remember and take versions; append and commit.</summary>
internal sealed class CompletionCommit(NpgsqlDataSource source, EventHints hints)
{
    private const string Close = """
        UPDATE grid.webhook_inbox i SET state = 1, closed_at = clock_timestamp(), error = NULL, lease_token = NULL, lease_until = NULL
          FROM unnest($1, $2) AS c (id, token)
         WHERE i.id = c.id AND i.lease_token = c.token
        RETURNING i.id
        """;

    public async Task RunAsync(List<Completion> group)
    {
        // A lease that ran out may stand beside its successor: of one object only one at a time.
        while (group.Count > 0)
        {
            HashSet<(string, VendorObject)> objects = [];
            List<Completion> round = [], later = [];
            foreach (var completion in group) (objects.Add(VendorObjects.KeyOf(completion.Finding)) ? round : later).Add(completion);
            await RunRoundAsync(round);
            group = later;
        }
    }

    private async Task RunRoundAsync(List<Completion> round)
    {
        try
        {
            var closed = await CommitAsync(round);
            foreach (var completion in round) completion.Done.TrySetResult(closed.Contains(completion.Webhook.Id));
        }
        catch (PostgresException) when (round.Count > 1)
        {
            foreach (var completion in round) await RunRoundAsync([completion]); // the one to blame stands alone, its neighbours land
        }
        catch (Exception e)
        {
            foreach (var completion in round) completion.Done.TrySetException(e);
        }
    }

    private async Task<HashSet<long>> CommitAsync(List<Completion> round)
    {
        await using var connection = await source.OpenConnectionAsync();
        var closed = await CloseAsync(connection, round);
        List<VendorFinding> findings = [.. round.Where(c => closed.Contains(c.Webhook.Id)).Select(c => c.Finding)];
        if (findings.Count == 0) return closed; // nothing to commit: the pool rolls back

        await using var remember = new NpgsqlBatch(connection);
        VendorReferences.AddInsert(remember, findings);
        var versions = await VendorObjects.NextVersionsAsync(remember, findings, default);
        EventLogEntry[] entries = [.. findings.Select(finding => EventLogEntry.Of(finding.Event(versions[VendorObjects.KeyOf(finding)])))];
        await using var append = new NpgsqlBatch(connection);
        EventLog.AddAppend(append, entries);
        append.BatchCommands.Add(new("COMMIT")); // in the same round trip: the queues' counters are held no longer than they must
        await append.ExecuteNonQueryAsync();
        hints.Signal(entries);
        return closed;
    }

    private static async Task<HashSet<long>> CloseAsync(NpgsqlConnection connection, List<Completion> round)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new("BEGIN"));
        batch.BatchCommands.Add(new(Close) { Parameters = { Column.Long(round, c => c.Webhook.Id), Column.Id(round, c => c.Webhook.Token) } });
        HashSet<long> closed = [];
        await using var row = await batch.ExecuteReaderAsync();
        while (await row.ReadAsync()) closed.Add(row.GetInt64(0));
        return closed;
    }
}
