using System.Security.Cryptography;
using ComplianceGrid.Api.Ledger;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace ComplianceGrid.Api.Tests.Ledger;

public sealed class CheckpointLoopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_that_grows_is_signed_for_hourly_by_whichever_of_two_processes_comes_first()
    {
        await using var database = await GridDatabase.CreateAsync(Ct);
        await using var source = NpgsqlDataSource.Create(database.Audit(GridRole.AuditNotary));
        await using var writing = NpgsqlDataSource.Create(database.Audit(GridRole.AuditWriter));
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var writer = new LedgerWriter(writing, new Partitions(), new OpenLogGuard(), clock, NullLogger.Instance);
        using var signer = new TestSigner();
        var store = new CheckpointStore(source);
        using CheckpointLoop first = Loop(), second = Loop();
        await AppendAsync(1);
        await first.StartAsync(Ct);
        await SizesAsync([1], TimeSpan.Zero); // at its first look
        await second.StartAsync(Ct); // which finds that it was signed for

        await AppendAsync(2);
        clock.Advance(TimeSpan.FromMinutes(59));
        await AppendAsync(3);
        await SizesAsync([1, 3]); // nothing at 2: it was within the hour
        clock.Advance(TimeSpan.FromHours(3)); // nothing while it does not grow
        await AppendAsync(4);
        await SizesAsync([1, 3, 4]);

        await first.StopAsync(Ct);
        await second.StopAsync(Ct);

        CheckpointLoop Loop() => new(
            new Notary(source, store, signer, new LedgerOptions(), clock, NullLogger<Notary>.Instance), store, Options.Create(new NotaryOptions()), clock, NullLogger<CheckpointLoop>.Instance);

        Task AppendAsync(int n) => writer.AppendAsync([LedgerEntry.Of(new AuditEntry
        {
            Id = new Guid(n, 0, 0, new byte[8]), Timestamp = clock.GetUtcNow(), TenantId = "acme", UserId = "u", UserRole = "r",
            Action = AuditAction.Read, Resource = "employees", Success = true,
        }, null)], Ct);

        // The clock goes on by half a minute with each look: the loops wait for it.
        async Task SizesAsync(long[] expected, TimeSpan? step = null)
        {
            await Eventually.TrueAsync(async () =>
            {
                clock.Advance(step ?? TimeSpan.FromSeconds(30));
                return await store.NewestAsync("acme", 0, Ct) is { } newest && newest.Size == expected[^1];
            }, $"a checkpoint of {expected[^1]}", Ct);
            await using var command = source.CreateCommand("SELECT array_agg(size ORDER BY size) FROM audit.checkpoint");
            Assert.Equal(expected, (long[])(await command.ExecuteScalarAsync(Ct))!);
        }
    }

    private sealed class TestSigner : ILedgerSigner, IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public ValueTask<VerifierKey> KeyAsync(CancellationToken ct) => new(new VerifierKey("test", _key.ExportSubjectPublicKeyInfo()));

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
        {
            lock (_key) return new(_key.SignData(text.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }

        public void Dispose() => _key.Dispose();
    }
}
