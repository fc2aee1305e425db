using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>Whoever changes what an account proves itself by waits for whoever else does.</summary>
internal static class AccountLock
{
    public static async Task<IDbContextTransaction> LockAsync(this IdentityDb db, Guid account, CancellationToken ct)
    {
        var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"SELECT FROM identity.account WHERE id = {account} FOR UPDATE", ct);
        return transaction;
    }

    /// <summary>Adds a factor to an account that has none, whichever kind of factor another one adds at the same moment.</summary>
    public static async Task<bool> AddFirstAsync(this IDbContextFactory<IdentityDb> identity, Guid account, Func<IdentityDb, Task<bool>> addAsync, CancellationToken ct)
    {
        await using var db = await identity.CreateDbContextAsync(ct);
        await using var transaction = await db.LockAsync(account, ct);
        if (await db.HasFactorAsync(account, ct) || !await addAsync(db)) return false;
        await transaction.CommitAsync(ct);
        return true;
    }

    public static async Task<bool> HasFactorAsync(this IdentityDb db, Guid account, CancellationToken ct) =>
        await db.UserPasskeys.AnyAsync(passkey => passkey.UserId == account, ct)
        || await db.TotpFactors.AnyAsync(totp => totp.AccountId == account && totp.ConfirmedAt != null, ct)
        || await db.Telephones.AnyAsync(telephone => telephone.AccountId == account, ct);
}
