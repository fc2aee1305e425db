using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Storage.Encryption;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Identity.Server.Keys;

/// <summary><c>identity.server_key</c>: made when one is due, dropped when nothing needs it, opened by the master key.</summary>
internal sealed class ServerKeyStore(IDbContextFactory<IdentityDb> identity, IMasterKey master, TimeProvider clock)
{
    private const long Lock = 0x6772_6964_6b65_7973; // "gridkeys": one process at a time makes keys

    /// <param name="life">After so long a key gives way to a new one.</param>
    public async Task<ServerKeys> LoadAsync(TimeSpan life, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        var rows = await db.ServerKeys.AsNoTracking().ToListAsync(ct);
        if (IsWorkDue(rows, life)) rows = await MakeAndDropAsync(db, life, ct);
        var ordered = ServerKeyPlan.InOrder(rows, clock.GetUtcNow());
        return new(
            [.. await OpenAllAsync(ordered, ServerKeyUse.Sign, SigningKey, ct)],
            [.. await OpenAllAsync(ordered, ServerKeyUse.Seal, (id, raw) => new SymmetricSecurityKey(raw) { KeyId = id }, ct)]);
    }

    /// <summary>Makes the next keys at once, whatever the age of those in force; they take over after <see cref="ServerKeyPlan.Ahead"/>.</summary>
    public async Task RotateAsync(CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        foreach (var use in Enum.GetValues<ServerKeyUse>()) db.ServerKeys.Add(await NewAsync(use, clock.GetUtcNow() + ServerKeyPlan.Ahead, ct));
        await db.SaveChangesAsync(ct);
    }

    private bool IsWorkDue(List<ServerKey> rows, TimeSpan life) =>
        !ServerKeyPlan.Spent(rows, clock.GetUtcNow()).IsEmpty
        || Enum.GetValues<ServerKeyUse>().Any(use => ServerKeyPlan.Next(Of(rows, use), clock.GetUtcNow(), life) is not null);

    private async Task<List<ServerKey>> MakeAndDropAsync(IdentityDb db, TimeSpan life, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Lock})", ct);
        var rows = await db.ServerKeys.ToListAsync(ct); // again: another process may have been first
        foreach (var use in Enum.GetValues<ServerKeyUse>())
        {
            if (ServerKeyPlan.Next(Of(rows, use), clock.GetUtcNow(), life) is { } from) db.ServerKeys.Add(await NewAsync(use, from, ct));
        }

        db.ServerKeys.RemoveRange(ServerKeyPlan.Spent(rows, clock.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return await db.ServerKeys.AsNoTracking().ToListAsync(ct);
    }

    private async Task<ServerKey> NewAsync(ServerKeyUse use, DateTimeOffset from, CancellationToken ct)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var raw = use == ServerKeyUse.Sign ? pair.ExportPkcs8PrivateKey() : RandomNumberGenerator.GetBytes(32);
        var id = use == ServerKeyUse.Sign ? Thumbprint(pair) : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        return new() { Id = id, Use = use, ActiveFrom = from, Wrapped = await master.WrapAsync(raw, Context(id, use), ct) };
    }

    private async Task<List<T>> OpenAllAsync<T>(ImmutableArray<ServerKey> rows, ServerKeyUse use, Func<string, byte[], T> open, CancellationToken ct)
    {
        var keys = new List<T>();
        foreach (var row in rows.Where(row => row.Use == use)) keys.Add(open(row.Id, await master.UnwrapAsync(row.Wrapped, Context(row.Id, use), ct)));
        return keys;
    }

    private static ECDsaSecurityKey SigningKey(string id, byte[] pkcs8)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new(key) { KeyId = id };
    }

    private static ServerKey[] Of(IEnumerable<ServerKey> rows, ServerKeyUse use) => [.. rows.Where(row => row.Use == use)];

    /// <summary>RFC 7638.</summary>
    private static string Thumbprint(ECDsa key) => Base64UrlEncoder.Encode(new ECDsaSecurityKey(key).ComputeJwkThumbprint());

    private static byte[] Context(string id, ServerKeyUse use) => Encoding.UTF8.GetBytes($"server-key/{(short)use}/{id}");
}
