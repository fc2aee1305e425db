using System.Text.Json;
using ComplianceGrid.Api.Identity.Mail;
using Microsoft.EntityFrameworkCore;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>
/// Secrets that are good once and not for long, with what they stand for. Kept by their hash: who reads the table can use none. Of two who
/// bring one at once, one gets in: taking it is deleting it.
/// </summary>
internal sealed class OneTimeTokens(IDbContextFactory<IdentityDb> identity, TimeProvider clock)
{
    /// <returns>The secret, which is kept nowhere.</returns>
    public async Task<string> IssueAsync<T>(Guid account, string purpose, T about, TimeSpan life, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (token, kept) = OneTimeToken.Issue(now, life);
        await using var db = await identity.CreateDbContextAsync(ct);
        await db.OneTimeTokens.Where(old => old.AccountId == account && old.ExpiresAt < now).ExecuteDeleteAsync(ct);
        db.OneTimeTokens.Add(new() { Hash = kept.Hash, AccountId = account, Purpose = purpose, ExpiresAt = kept.ExpiresAt, Data = JsonSerializer.Serialize(about) });
        await db.SaveChangesAsync(ct);
        return token;
    }

    /// <summary>What it stands for; it stays good. Null: it is not, or for something else.</summary>
    public async Task<(Guid Account, T About)?> LookAsync<T>(string token, string purpose, CancellationToken ct)
    {
        if (OneTimeToken.HashOf(token) is not { } hash) return null;
        var now = clock.GetUtcNow();
        await using var db = await identity.CreateDbContextAsync(ct);
        var row = await db.OneTimeTokens.AsNoTracking().SingleOrDefaultAsync(row => row.Hash == hash && row.Purpose == purpose && row.ExpiresAt > now, ct);
        return row is null ? null : (row.AccountId, JsonSerializer.Deserialize<T>(row.Data)!);
    }

    /// <summary>Over what was seen alone: of two who change it at once, one does.</summary>
    /// <returns>False: it was changed or taken, or has expired, meanwhile.</returns>
    public async Task<bool> ChangeAsync<T>(string token, T seen, T about, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return await ChangeAsync(db, token, seen, about, clock.GetUtcNow(), ct);
    }

    /// <summary>The same with something else, both or neither: in a transaction of the caller's.</summary>
    public static async Task<bool> ChangeAsync<T>(IdentityDb db, string token, T seen, T about, DateTimeOffset now, CancellationToken ct)
    {
        var (hash, before, data) = (OneTimeToken.HashOf(token), JsonSerializer.Serialize(seen), JsonSerializer.Serialize(about));
        return await db.OneTimeTokens.Where(row => row.Hash == hash && row.Data == before && row.ExpiresAt > now).ExecuteUpdateAsync(row => row.SetProperty(r => r.Data, data), ct) == 1;
    }

    /// <returns>True for one caller only.</returns>
    public async Task<bool> TakeAsync(string token, CancellationToken ct)
    {
        var (hash, now) = (OneTimeToken.HashOf(token), clock.GetUtcNow());
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.OneTimeTokens.Where(row => row.Hash == hash && row.ExpiresAt > now).ExecuteDeleteAsync(ct) == 1;
    }
}
