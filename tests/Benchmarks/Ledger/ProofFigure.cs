using ComplianceGrid.Benchmarks.Load;
using ComplianceGrid.Storage.Audit.Ledger;
using Npgsql;

namespace ComplianceGrid.Benchmarks.Ledger;

/// <summary>Inclusion proofs of random entries among ten million, as <c>grid_auditor</c>; each is checked, outside of its time.</summary>
internal static class ProofFigure
{
    private static readonly TimeProvider Clock = TimeProvider.System;

    public static async Task RunAsync(LedgerUnderTest ledger, Report report, CancellationToken ct)
    {
        var head = await LogHeads.NewestAsync(ledger.Auditor, BigLog.Tenant, ct: ct) ?? throw new InvalidOperationException("The log is empty.");
        var hashes = new LedgerHashes(ledger.Auditor, head.Tenant, head.Epoch);
        var places = new Random(4);
        var latencies = new Latencies();
        for (var n = -100; n < 2_000; n++)
        {
            var index = places.NextInt64(head.Size);
            var start = Clock.GetTimestamp();
            var proof = await Proofs.InclusionAsync(hashes, index, head.Size, ct);
            var taken = Clock.GetElapsedTime(start);
            var good = ProofCheck.Inclusion(MerkleHash.Leaf(await RecordAsync(ledger, index, ct)), index, head.Size, head.Root, proof.AsSpan());
            if (n >= 0) latencies.Add(taken, good);
        }

        report.P99("inclusion proof of a random entry among 10,000,000", latencies, 5);
    }

    private static async Task<byte[]> RecordAsync(LedgerUnderTest ledger, long index, CancellationToken ct)
    {
        await using var command = ledger.Superuser.CreateCommand("SELECT record FROM audit.audit_log WHERE tenant_id = $1 AND epoch = 0 AND leaf_index = $2");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = BigLog.Tenant });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = index });
        return (byte[])(await command.ExecuteScalarAsync(ct))!;
    }
}
