using System.Collections.Immutable;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
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

    /// <summary>Sets a password, and forgets those beyond the history.</summary>
    Task SetPasswordAsync(Guid account, string hash, int history, CancellationToken ct);

    /// <summary>In place of the newest, of which it is another hash: the history does not grow.</summary>
    Task ReplacePasswordAsync(Guid account, string old, string hash, CancellationToken ct);

    Task<Factors> FactorsAsync(Guid account, CancellationToken ct);

    /// <summary>Stores a secret that counts once a code has confirmed it.</summary>
    Task OfferTotpAsync(Guid account, string sealedSecret, CancellationToken ct);

    /// <summary>Spends the step, and confirms the factor with its first.</summary>
    /// <returns>False: it, or a later one, was spent before.</returns>
    Task<bool> SpendTotpAsync(Guid account, long step, CancellationToken ct);

    Task SetRecoveryCodesAsync(Guid account, IReadOnlyList<byte[]> hashes, CancellationToken ct);

    /// <returns>False: it was used before.</returns>
    Task<bool> SpendRecoveryCodeAsync(Guid account, byte[] hash, CancellationToken ct);

    /// <summary>Of two who enroll at once, one does.</summary>
    /// <returns>False: the account has a factor meanwhile, or somebody else has this passkey.</returns>
    Task<bool> AddFirstPasskeyAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct);

    /// <summary>Keeps the counter of an assertion: of two that bring the same one, as a key and its copy do, one gets in.</summary>
    /// <returns>False: the counter is not beyond the one that is kept, or the passkey is gone.</returns>
    Task<bool> CountPasskeyAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct);
}

/// <summary>What an account can prove itself by besides its password.</summary>
internal sealed record Factors(TotpFactor? Totp, ImmutableArray<byte[]> RecoveryCodes, int Passkeys)
{
    public bool HasTotp => Totp?.ConfirmedAt is not null;

    public bool HasAny => HasTotp || Passkeys > 0;
}

internal sealed class AccountDirectory(IDbContextFactory<IdentityDb> identity, ILookupNormalizer names, TimeProvider clock) : IAccountDirectory
{
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

    public async Task SetPasswordAsync(Guid account, string hash, int history, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var kept = await db.Passwords.Where(password => password.AccountId == account).OrderByDescending(password => password.SetAt).ToListAsync(ct);
        // Later than the one before it, whatever the clock says: the newest is the one in force.
        var now = clock.GetUtcNow();
        var at = kept.Count > 0 && kept[0].SetAt >= now ? kept[0].SetAt.AddMilliseconds(1) : now;
        db.Passwords.Add(new() { AccountId = account, SetAt = at, Hash = hash });
        db.Passwords.RemoveRange(kept.Skip(Math.Max(0, history - 1)));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
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
        return new(totp, [.. codes], passkeys);
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

    public async Task<bool> SpendTotpAsync(Guid account, long step, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE identity.totp SET last_step = {step}, confirmed_at = coalesce(confirmed_at, {now}) WHERE account_id = {account} AND last_step < {step}", ct) == 1;
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

    public async Task<bool> AddFirstPasskeyAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT FROM identity.account WHERE id = {account} FOR UPDATE", ct);
        if (await db.UserPasskeys.AnyAsync(other => other.UserId == account, ct) || await db.TotpFactors.AnyAsync(totp => totp.AccountId == account && totp.ConfirmedAt != null, ct))
            return false;
        db.UserPasskeys.Add(new()
        {
            CredentialId = passkey.CredentialId,
            UserId = account,
            Data = new()
            {
                PublicKey = passkey.PublicKey,
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
        }
        catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return false;
        }

        await transaction.CommitAsync(ct);
        return true;
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
}
