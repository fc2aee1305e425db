using System.Collections.Immutable;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <param name="Name">As its owner calls it; null: the first one, which nobody has named.</param>
/// <param name="IsBackedUp">Several devices share it.</param>
internal sealed record KnownPasskey(byte[] Credential, string? Name, DateTimeOffset CreatedAt, bool IsBackedUp);

/// <summary>Passkeys and hardware keys.</summary>
internal sealed class PasskeyStore(IDbContextFactory<IdentityDb> identity, TimeProvider clock)
{
    /// <summary>Of one account.</summary>
    public const int Most = 10;

    /// <summary>Of two who enroll at once, one does.</summary>
    /// <returns>False: the account has a factor meanwhile, or somebody else has this passkey.</returns>
    public Task<bool> AddFirstAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct) =>
        identity.AddFirstAsync(account, db => InsertAsync(db, account, passkey, name: null, ct), ct);

    /// <summary>Oldest first.</summary>
    public async Task<ImmutableArray<KnownPasskey>> OfAsync(Guid account, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        var passkeys = await db.UserPasskeys.AsNoTracking().Where(passkey => passkey.UserId == account).ToListAsync(ct);
        return [.. passkeys.OrderBy(passkey => passkey.Data.CreatedAt).Select(passkey => new KnownPasskey(passkey.CredentialId, passkey.Data.Name, passkey.Data.CreatedAt, passkey.Data.IsBackedUp))];
    }

    /// <summary>Beside those that the account has.</summary>
    /// <returns>False: the account has as many as it may, or somebody has this passkey.</returns>
    public async Task<bool> AddAsync(Guid account, UserPasskeyInfo passkey, string name, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await db.LockAsync(account, ct);
        if (await db.UserPasskeys.CountAsync(other => other.UserId == account, ct) >= Most || !await InsertAsync(db, account, passkey, name, ct)) return false;
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <returns>False: it is gone.</returns>
    public async Task<bool> NameAsync(Guid account, byte[] credential, string name, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        return await db.Database.ExecuteSqlAsync(
            $"UPDATE identity.account_passkey SET data = data || jsonb_build_object('Name', {name}::text) WHERE credential_id = {credential} AND user_id = {account}", ct) == 1;
    }

    /// <summary>Never the last factor that lets the account in, also of two who remove one each at the same moment.</summary>
    /// <param name="passkeyOnly">Nothing but a passkey lets it in.</param>
    /// <returns>False: it is the last one. Null: it is gone.</returns>
    public async Task<bool?> RemoveAsync(Guid account, byte[] credential, bool passkeyOnly, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await db.LockAsync(account, ct);
        if (await db.UserPasskeys.Where(passkey => passkey.UserId == account && passkey.CredentialId == credential).ExecuteDeleteAsync(ct) == 0) return null;
        if (!await (passkeyOnly ? db.UserPasskeys.AnyAsync(passkey => passkey.UserId == account, ct) : db.HasFactorAsync(account, ct))) return false;
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Keeps the counter of an assertion: of two that bring the same one, as a key and its copy do, one gets in.</summary>
    /// <returns>False: the counter is not beyond the one that is kept, or the passkey is gone.</returns>
    public async Task<bool> CountAsync(Guid account, UserPasskeyInfo passkey, CancellationToken ct)
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

    private async Task<bool> InsertAsync(IdentityDb db, Guid account, UserPasskeyInfo passkey, string? name, CancellationToken ct)
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
}
