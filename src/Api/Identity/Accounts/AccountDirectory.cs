using System.Collections.Immutable;
using ComplianceGrid.Api.Identity.Mail;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>Accounts and what they prove themselves by. A context of its own for each call, so that nothing stale is seen.</summary>
internal interface IAccountDirectory
{
    Task<Account?> FindAsync(Guid id, CancellationToken ct);

    /// <param name="name">As it was typed.</param>
    Task<Account?> FindByNameAsync(string name, CancellationToken ct);

    /// <summary>Newest first; none: the account has no password yet.</summary>
    Task<ImmutableArray<string>> PasswordsAsync(Guid account, int most, CancellationToken ct);

    /// <summary>
    /// Sets a password, and forgets those beyond the history. What is in anybody's hand is void with the one before it: a sign-in that it
    /// began, a link that was mailed.
    /// </summary>
    /// <param name="seen">The hash in force that it follows.</param>
    /// <returns>False: another one was set meanwhile, by a reset or a replaced factor as the case may be.</returns>
    Task<bool> SetPasswordAsync(Guid account, string seen, string hash, int history, CancellationToken ct);

    /// <summary>The same, and marks the one-time token that it is set by, both or neither: one that was not marked so can be used again.</summary>
    /// <param name="marked">What the token stands for from here on.</param>
    /// <returns>False: the token is gone, or is not what was seen any more.</returns>
    Task<bool> SetPasswordByAsync<T>(string token, T seen, T marked, Guid account, string hash, int history, CancellationToken ct);

    /// <summary>In place of the newest, of which it is another hash: the history does not grow.</summary>
    Task ReplacePasswordAsync(Guid account, string old, string hash, CancellationToken ct);

    Task<Factors> FactorsAsync(Guid account, CancellationToken ct);

    /// <summary>Stores a secret that counts once a code has confirmed it.</summary>
    Task OfferTotpAsync(Guid account, string sealedSecret, CancellationToken ct);

    /// <summary>Spends the step, by which the app becomes the account's first factor. Of two who enroll at once, one does.</summary>
    /// <returns>False: it, or a later one, was spent before, or the account has a factor meanwhile.</returns>
    Task<bool> ConfirmTotpAsync(Guid account, long step, CancellationToken ct);

    /// <summary>Of an app that is confirmed.</summary>
    /// <returns>False: the step, or a later one, was spent before.</returns>
    Task<bool> SpendTotpAsync(Guid account, long step, CancellationToken ct);

    /// <summary>Of two who enroll at once, one does.</summary>
    /// <returns>False: the account has a factor meanwhile.</returns>
    Task<bool> AddFirstTelephoneAsync(Guid account, string sealedNumber, CancellationToken ct);

    /// <summary>Counts a code that is about to be sent.</summary>
    /// <returns>Null: send it. Else for how long none is sent any more, for there were as many in the hour as may be.</returns>
    Task<TimeSpan?> CountSmsAsync(Guid account, int perHour, CancellationToken ct);

    Task SetRecoveryCodesAsync(Guid account, IReadOnlyList<byte[]> hashes, CancellationToken ct);

    /// <returns>False: it was used before.</returns>
    Task<bool> SpendRecoveryCodeAsync(Guid account, byte[] hash, CancellationToken ct);

    /// <summary>Of two who enroll at once, one does.</summary>
    /// <returns>False: the account has a factor meanwhile, or somebody else has this passkey.</returns>
    Task<bool> AddFirstPasskeyAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct);

    /// <summary>Oldest first.</summary>
    Task<ImmutableArray<KnownPasskey>> PasskeysAsync(Guid account, CancellationToken ct);

    /// <summary>Beside those that the account has.</summary>
    /// <returns>False: the account has as many as it may, or somebody has this passkey.</returns>
    Task<bool> AddPasskeyAsync(Guid account, UserPasskeyInfo passkey, string name, CancellationToken ct);

    /// <returns>False: it is gone.</returns>
    Task<bool> NamePasskeyAsync(Guid account, byte[] credential, string name, CancellationToken ct);

    /// <summary>Never the last factor that lets the account in, also of two who remove one each at the same moment.</summary>
    /// <param name="passkeyOnly">Nothing but a passkey lets it in.</param>
    /// <returns>False: it is the last one. Null: it is gone.</returns>
    Task<bool?> RemovePasskeyAsync(Guid account, byte[] credential, bool passkeyOnly, CancellationToken ct);

    /// <summary>Keeps the counter of an assertion: of two that bring the same one, as a key and its copy do, one gets in.</summary>
    /// <returns>False: the counter is not beyond the one that is kept, or the passkey is gone.</returns>
    Task<bool> CountPasskeyAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct);
}

/// <param name="Name">As its owner calls it; null: the first one, which nobody has named.</param>
/// <param name="IsBackedUp">Several devices share it.</param>
internal sealed record KnownPasskey(byte[] Credential, string? Name, DateTimeOffset CreatedAt, bool IsBackedUp);

/// <summary>What an account can prove itself by besides its password.</summary>
/// <param name="Telephone">Its number, sealed; null: there is none.</param>
internal sealed record Factors(TotpFactor? Totp, string? Telephone, ImmutableArray<byte[]> RecoveryCodes, int Passkeys)
{
    public bool HasTotp => Totp?.ConfirmedAt is not null;

    public bool HasAny => HasTotp || Telephone is not null || Passkeys > 0;
}

internal sealed class AccountDirectory(IDbContextFactory<IdentityDb> identity, ILookupNormalizer names, TimeProvider clock) : IAccountDirectory
{
    /// <summary>Of one account.</summary>
    public const int MostPasskeys = 10;

    public async Task<Account?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(account => account.Id == id, ct);
    }

    public async Task<Account?> FindByNameAsync(string name, CancellationToken ct)
    {
        var normal = names.NormalizeName(name);
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(account => account.NormalizedUserName == normal, ct);
    }

    public async Task<ImmutableArray<string>> PasswordsAsync(Guid account, int most, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return [.. await db.Passwords.Where(password => password.AccountId == account).OrderByDescending(password => password.SetAt)
            .Take(most).Select(password => password.Hash).ToListAsync(ct)];
    }

    public async Task<bool> SetPasswordAsync(Guid account, string seen, string hash, int history, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await LockAsync(db, account, ct);
        if (!await AddPasswordAsync(db, account, seen, hash, history, by: null, ct)) return false;
        await transaction.CommitAsync(ct);
        return true;
    }

    public async Task<bool> SetPasswordByAsync<T>(string token, T seen, T marked, Guid account, string hash, int history, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await LockAsync(db, account, ct);
        if (!await OneTimeTokens.ChangeAsync(db, token, seen, marked, clock.GetUtcNow(), ct)) return false;
        await AddPasswordAsync(db, account, seen: null, hash, history, by: OneTimeToken.HashOf(token), ct);
        await transaction.CommitAsync(ct);
        return true;
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

    public async Task ReplacePasswordAsync(Guid account, string old, string hash, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        var newest = await db.Passwords.Where(password => password.AccountId == account).OrderByDescending(password => password.SetAt).FirstOrDefaultAsync(ct);
        if (newest?.Hash != old) return; // another was set meanwhile
        db.Passwords.Remove(newest);
        db.Passwords.Add(new() { AccountId = account, SetAt = newest.SetAt.AddMilliseconds(1), Hash = hash });
        await db.SaveChangesAsync(ct);
    }

    public async Task<Factors> FactorsAsync(Guid account, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        var totp = await db.TotpFactors.AsNoTracking().SingleOrDefaultAsync(factor => factor.AccountId == account, ct);
        var codes = await db.RecoveryCodes.Where(code => code.AccountId == account).Select(code => code.Hash).ToListAsync(ct);
        var passkeys = await db.UserPasskeys.CountAsync(passkey => passkey.UserId == account, ct);
        var telephone = await db.Telephones.Where(telephone => telephone.AccountId == account).Select(telephone => telephone.Number).SingleOrDefaultAsync(ct);
        return new(totp, telephone, [.. codes], passkeys);
    }

    public async Task OfferTotpAsync(Guid account, string sealedSecret, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO identity.totp (account_id, secret, last_step) VALUES ({account}, {sealedSecret}, 0)
            ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret WHERE totp.confirmed_at IS NULL
            """, ct);
    }

    public Task<bool> ConfirmTotpAsync(Guid account, long step, CancellationToken ct) => AddFirstAsync(account, async db =>
    {
        var now = clock.GetUtcNow();
        return await db.Database.ExecuteSqlAsync($"UPDATE identity.totp SET last_step = {step}, confirmed_at = {now} WHERE account_id = {account} AND last_step < {step}", ct) == 1;
    }, ct);

    public async Task<bool> SpendTotpAsync(Guid account, long step, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE identity.totp SET last_step = {step} WHERE account_id = {account} AND last_step < {step} AND confirmed_at IS NOT NULL", ct) == 1;
    }

    public Task<bool> AddFirstTelephoneAsync(Guid account, string sealedNumber, CancellationToken ct) => AddFirstAsync(account, async db =>
    {
        db.Telephones.Add(new() { AccountId = account, Number = sealedNumber, ConfirmedAt = clock.GetUtcNow() });
        return await db.SaveChangesAsync(ct) == 1;
    }, ct);

    public async Task<TimeSpan?> CountSmsAsync(Guid account, int perHour, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var hourAgo = now.AddHours(-1);
        await using var db = await identity.CreateDbContextAsync(ct);
        // A window that begins later than now is of a clock that was set back: it begins anew.
        var isCounted = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO identity.sms_window AS known (account_id, since, sent) VALUES ({account}, {now}, 1)
            ON CONFLICT (account_id) DO UPDATE SET
              since = CASE WHEN known.since > {hourAgo} AND known.since <= {now} THEN known.since ELSE {now} END,
              sent = CASE WHEN known.since > {hourAgo} AND known.since <= {now} THEN known.sent + 1 ELSE 1 END
            WHERE known.sent < {perHour} OR known.since <= {hourAgo} OR known.since > {now}
            """, ct) == 1;
        if (isCounted) return null;
        return (await db.SmsWindows.AsNoTracking().SingleAsync(window => window.AccountId == account, ct)).Since.AddHours(1) - now;
    }

    public async Task SetRecoveryCodesAsync(Guid account, IReadOnlyList<byte[]> hashes, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.RecoveryCodes.Where(code => code.AccountId == account).ExecuteDeleteAsync(ct);
        db.RecoveryCodes.AddRange(hashes.Select(hash => new RecoveryCodeRecord { AccountId = account, Hash = hash }));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    public async Task<bool> SpendRecoveryCodeAsync(Guid account, byte[] hash, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.RecoveryCodes.Where(code => code.AccountId == account && code.Hash == hash).ExecuteDeleteAsync(ct) == 1;
    }

    public Task<bool> AddFirstPasskeyAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct) =>
        AddFirstAsync(account, db => AddAsync(db, account, passkey, name: null, ct), ct);

    public async Task<ImmutableArray<KnownPasskey>> PasskeysAsync(Guid account, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        var passkeys = await db.UserPasskeys.AsNoTracking().Where(passkey => passkey.UserId == account).ToListAsync(ct);
        return [.. passkeys.OrderBy(passkey => passkey.Data.CreatedAt).Select(passkey => new KnownPasskey(passkey.CredentialId, passkey.Data.Name, passkey.Data.CreatedAt, passkey.Data.IsBackedUp))];
    }

    public async Task<bool> AddPasskeyAsync(Guid account, UserPasskeyInfo passkey, string name, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await LockAsync(db, account, ct);
        if (await db.UserPasskeys.CountAsync(other => other.UserId == account, ct) >= MostPasskeys || !await AddAsync(db, account, passkey, name, ct)) return false;
        await transaction.CommitAsync(ct);
        return true;
    }

    public async Task<bool> NamePasskeyAsync(Guid account, byte[] credential, string name, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE identity.account_passkey SET data = data || jsonb_build_object('Name', {name}::text) WHERE credential_id = {credential} AND user_id = {account}", ct) == 1;
    }

    public async Task<bool?> RemovePasskeyAsync(Guid account, byte[] credential, bool passkeyOnly, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await LockAsync(db, account, ct);
        if (await db.UserPasskeys.Where(passkey => passkey.UserId == account && passkey.CredentialId == credential).ExecuteDeleteAsync(ct) == 0) return null;
        if (!await (passkeyOnly ? db.UserPasskeys.AnyAsync(passkey => passkey.UserId == account, ct) : HasFactorAsync(db, account, ct))) return false;
        await transaction.CommitAsync(ct);
        return true;
    }

    private async Task<bool> AddAsync(IdentityDb db, Guid account, UserPasskeyInfo passkey, string? name, CancellationToken ct)
    {
        db.UserPasskeys.Add(new()
        {
            CredentialId = passkey.CredentialId,
            UserId = account,
            Data = new()
            {
                PublicKey = passkey.PublicKey,
                Name = name,
                CreatedAt = clock.GetUtcNow(),
                SignCount = passkey.SignCount,
                Transports = passkey.Transports,
                IsUserVerified = passkey.IsUserVerified,
                IsBackupEligible = passkey.IsBackupEligible,
                IsBackedUp = passkey.IsBackedUp,
                AttestationObject = passkey.AttestationObject,
                ClientDataJson = passkey.ClientDataJson,
            },
        });
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return false;
        }
    }

    public async Task<bool> CountPasskeyAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct)
    {
        var (id, count, backedUp) = (passkey.CredentialId, (long)passkey.SignCount, passkey.IsBackedUp);
        await using var db = await identity.CreateDbContextAsync(ct);
        // A passkey that several devices share counts nothing: it stays at 0 (WebAuthn §6.1.1).
        return await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE identity.account_passkey SET data = data || jsonb_build_object('SignCount', {count}, 'IsBackedUp', {backedUp})
            WHERE credential_id = {id} AND user_id = {account} AND ((data->>'SignCount')::bigint < {count} OR ({count} = 0 AND (data->>'SignCount')::bigint = 0))
            """, ct) == 1;
    }

    /// <summary>Adds a factor to an account that has none, whichever kind of factor another one adds at the same moment.</summary>
    private async Task<bool> AddFirstAsync(Guid account, Func<IdentityDb, Task<bool>> addAsync, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await LockAsync(db, account, ct);
        if (await HasFactorAsync(db, account, ct) || !await addAsync(db)) return false;
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Whoever changes what the account proves itself by waits for whoever else does.</summary>
    private static async Task<IDbContextTransaction> LockAsync(IdentityDb db, Guid account, CancellationToken ct)
    {
        var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT FROM identity.account WHERE id = {account} FOR UPDATE", ct);
        return transaction;
    }

    private static async Task<bool> HasFactorAsync(IdentityDb db, Guid account, CancellationToken ct) =>
        await db.UserPasskeys.AnyAsync(passkey => passkey.UserId == account, ct)
        || await db.TotpFactors.AnyAsync(totp => totp.AccountId == account && totp.ConfirmedAt != null, ct)
        || await db.Telephones.AnyAsync(telephone => telephone.AccountId == account, ct);
}
