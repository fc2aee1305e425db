using System.Collections.Immutable;
using ComplianceGrid.Api.Identity.Mail;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>Accounts and their passwords. A context of its own for each call, so that nothing stale is seen.</summary>
internal sealed class AccountDirectory(IDbContextFactory<IdentityDb> identity, ILookupNormalizer names, TimeProvider clock)
{
    public async Task<Account?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(account => account.Id == id, ct);
    }

    /// <param name="name">As it was typed.</param>
    public async Task<Account?> FindByNameAsync(string name, CancellationToken ct)
    {
        var normal = names.NormalizeName(name);
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(account => account.NormalizedUserName == normal, ct);
    }

    /// <summary>Newest first; none: the account has no password yet.</summary>
    public async Task<ImmutableArray<string>> PasswordsAsync(Guid account, int most, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return [.. await db.Passwords.Where(password => password.AccountId == account).OrderByDescending(password => password.SetAt)
            .Take(most).Select(password => password.Hash).ToListAsync(ct)];
    }

    /// <summary>
    /// Sets a password, and forgets those beyond the history. What is in anybody's hand is void with the one before it: a sign-in that it
    /// began, a link that was mailed.
    /// </summary>
    /// <param name="seen">The hash in force that it follows.</param>
    /// <returns>False: another one was set meanwhile, by a reset or a replaced factor as the case may be.</returns>
    public async Task<bool> SetPasswordAsync(Guid account, string seen, string hash, int history, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await db.LockAsync(account, ct);
        if (!await AddPasswordAsync(db, account, seen, hash, history, by: null, ct)) return false;
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>The same, and marks the one-time token that it is set by, both or neither: one that was not marked so can be used again.</summary>
    /// <param name="marked">What the token stands for from here on.</param>
    /// <returns>False: the token is gone, or is not what was seen any more.</returns>
    public async Task<bool> SetPasswordByAsync<T>(string token, T seen, T marked, Guid account, string hash, int history, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await db.LockAsync(account, ct);
        if (!await OneTimeTokens.ChangeAsync(db, token, seen, marked, clock.GetUtcNow(), ct)) return false;
        await AddPasswordAsync(db, account, seen: null, hash, history, by: OneTimeToken.HashOf(token), ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>In place of the newest, of which it is another hash: the history does not grow.</summary>
    public async Task ReplacePasswordAsync(Guid account, string old, string hash, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        var newest = await db.Passwords.Where(password => password.AccountId == account).OrderByDescending(password => password.SetAt).FirstOrDefaultAsync(ct);
        if (newest?.Hash != old) return; // another was set meanwhile
        db.Passwords.Remove(newest);
        db.Passwords.Add(new() { AccountId = account, SetAt = newest.SetAt.AddMilliseconds(1), Hash = hash });
        await db.SaveChangesAsync(ct);
    }

    private async Task<bool> AddPasswordAsync(IdentityDb db, Guid account, string? seen, string hash, int history, byte[]? by, CancellationToken ct)
    {
        var kept = await db.Passwords.Where(password => password.AccountId == account).OrderByDescending(password => password.SetAt).ToListAsync(ct);
        if (seen is not null && kept.FirstOrDefault()?.Hash != seen) return false;
        // Later than the one before it, whatever the clock says: the newest is the one in force.
        var now = clock.GetUtcNow();
        var at = kept.Count > 0 && kept[0].SetAt >= now ? kept[0].SetAt.AddMilliseconds(1) : now;
        db.Passwords.Add(new() { AccountId = account, SetAt = at, Hash = hash });
        db.Passwords.RemoveRange(kept.Skip(Math.Max(0, history - 1)));
        await db.SaveChangesAsync(ct);
        await db.OneTimeTokens.Where(secret => secret.AccountId == account && secret.Hash != by).ExecuteDeleteAsync(ct);
        return true;
    }
}
