using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>
/// Counts the failed tries to sign in from one network address: a rate limit, never a lock, since many people may share one. Key:
/// <see cref="TenantKeys.OfSystem"/> of a keyed hash of the address (an IPv4 address, or an IPv6 /64), so that none is stored.
/// </summary>
/// <remarks>
/// A try is reserved before its password is hashed, counts until it is told to have succeeded, and is stored when it has failed: a sign-in
/// that goes well costs no transaction. What is reserved is forgotten with the silo, what failed is not. Every call can be repeated.
/// </remarks>
[Alias("IAddressGuardGrain")]
public interface IAddressGuardGrain : ITenantGrain
{
    /// <summary>Reserves a try. Call before anything is hashed.</summary>
    /// <param name="attempt">An id of its own for each try.</param>
    /// <returns>Null: go on. Else how long there is no room for another one: answer without hashing.</returns>
    [Alias("Begin")] Task<TimeSpan?> Begin(Guid attempt);

    /// <summary>It was wrong. One that is not reserved (any more) changes nothing.</summary>
    [Alias("Failed")] Task Failed(Guid attempt);

    /// <summary>It was right, or nobody could tell: gives it back. Failures of before stay: else whoever has one good account could guess on for ever.</summary>
    [Alias("GiveBack")] Task GiveBack(Guid attempt);

    /// <summary>Forgets what does not count any more; all of it when nothing does.</summary>
    [Alias("Refresh")] Task Refresh();
}
