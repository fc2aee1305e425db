using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>What an account can prove itself by besides its password.</summary>
/// <param name="Telephone">Its number, sealed; null: there is none.</param>
internal sealed record Factors(TotpFactor? Totp, string? Telephone, ImmutableArray<byte[]> RecoveryCodes, int Passkeys)
{
    public bool HasTotp => Totp?.ConfirmedAt is not null;

    public bool HasAny => HasTotp || Telephone is not null || Passkeys > 0;
}

/// <summary>Authenticator apps, telephones and recovery codes.</summary>
internal sealed class FactorStore(IDbContextFactory<IdentityDb> identity, TimeProvider clock)
{
    public async Task<Factors> OfAsync(Guid account, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        var totp = await db.TotpFactors.AsNoTracking().SingleOrDefaultAsync(factor => factor.AccountId == account, ct);
        var codes = await db.RecoveryCodes.Where(code => code.AccountId == account).Select(code => code.Hash).ToListAsync(ct);
        var passkeys = await db.UserPasskeys.CountAsync(passkey => passkey.UserId == account, ct);
        var telephone = await db.Telephones.Where(telephone => telephone.AccountId == account).Select(telephone => telephone.Number).SingleOrDefaultAsync(ct);
        return new(totp, telephone, [.. codes], passkeys);
    }

    /// <summary>Stores a secret that counts once a code has confirmed it.</summary>
    public async Task OfferTotpAsync(Guid account, string sealedSecret, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO identity.totp (account_id, secret, last_step) VALUES ({account}, {sealedSecret}, 0)
            ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret WHERE totp.confirmed_at IS NULL
            """, ct);
    }

    /// <summary>Spends the step, by which the app becomes the account's first factor. Of two who enroll at once, one does.</summary>
    /// <returns>False: it, or a later one, was spent before, or the account has a factor meanwhile.</returns>
    public Task<bool> ConfirmTotpAsync(Guid account, long step, CancellationToken ct) => identity.AddFirstAsync(account, async db =>
    {
        var now = clock.GetUtcNow();
        return await db.Database.ExecuteSqlAsync($"UPDATE identity.totp SET last_step = {step}, confirmed_at = {now} WHERE account_id = {account} AND last_step < {step}", ct) == 1;
    }, ct);

    /// <summary>Of an app that is confirmed.</summary>
    /// <returns>False: the step, or a later one, was spent before.</returns>
    public async Task<bool> SpendTotpAsync(Guid account, long step, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE identity.totp SET last_step = {step} WHERE account_id = {account} AND last_step < {step} AND confirmed_at IS NOT NULL", ct) == 1;
    }

    /// <summary>Of two who enroll at once, one does.</summary>
    /// <returns>False: the account has a factor meanwhile.</returns>
    public Task<bool> AddFirstTelephoneAsync(Guid account, string sealedNumber, CancellationToken ct) => identity.AddFirstAsync(account, async db =>
    {
        db.Telephones.Add(new() { AccountId = account, Number = sealedNumber, ConfirmedAt = clock.GetUtcNow() });
        return await db.SaveChangesAsync(ct) == 1;
    }, ct);

    /// <summary>Counts a code that is about to be sent.</summary>
    /// <returns>Null: send it. Else for how long none is sent any more, for there were as many in the hour as may be.</returns>
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

    /// <returns>False: it was used before.</returns>
    public async Task<bool> SpendRecoveryCodeAsync(Guid account, byte[] hash, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.RecoveryCodes.Where(code => code.AccountId == account && code.Hash == hash).ExecuteDeleteAsync(ct) == 1;
    }
}
