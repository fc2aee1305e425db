using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>
/// Counts the tries to sign in by one name, and locks it (NIST SP 800-53 AC-7). Key: <see cref="TenantKeys.OfSystem"/> of a keyed hash of
/// the normalized name, so that a name nobody has is counted and locked as any other, and none is stored.
/// </summary>
/// <remarks>
/// A try is reserved before its password is hashed, and counts as failed until it is told to have succeeded: of any number of
/// parallel guesses no more than the limit are hashed, and a process that dies amid one has not given it back. A device that signed in
/// before has a counter of its own: strangers cannot lock it out, and its failures cost the others nothing. Every call can be repeated.
/// </remarks>
[Alias("ISignInGuardGrain")]
public interface ISignInGuardGrain : ITenantGrain
{
    /// <summary>Reserves a try. Call before hashing, and hash only when the ticket allows it.</summary>
    /// <param name="attempt">An id of its own for each try.</param>
    /// <param name="device">1 to 100 characters: the id in a device's verified cookie. An unknown one counts with the strangers, as null does.</param>
    /// <exception cref="GridException"><see cref="GridError.Invalid"/>: the device's id is too long. <see cref="GridError.Unavailable"/>: do not hash.</exception>
    [Alias("Begin")] Task<SignInTicket> Begin(Guid attempt, string? device);

    /// <summary>The password or the second factor was wrong.</summary>
    [Alias("Failed")] Task<SignInOutcome> Failed(Guid attempt);

    /// <summary>Clears the counter that the try was reserved in, and remembers the device. A try that is not reserved any more changes nothing.</summary>
    [Alias("Succeeded")] Task Succeeded(Guid attempt, string? device);

    /// <summary>Forgets what does not matter any more; all of it when nothing does.</summary>
    [Alias("Refresh")] Task Refresh();
}

/// <param name="LockedUntil">Null: the try is reserved, go on. Else the name is locked: answer without hashing.</param>
/// <param name="Locks">This refusal is the first to tell of the lock: write <c>ACCOUNT_LOCKED</c>. One of a lock's answers says so.</param>
[GenerateSerializer, Immutable, Alias("SignInTicket")]
public sealed record SignInTicket([property: Id(0)] DateTimeOffset? LockedUntil, [property: Id(1)] bool Locks)
{
    public bool IsAllowed => LockedUntil is null;
}

/// <param name="Locks">This failure locked the name: write <c>ACCOUNT_LOCKED</c>. One of a lock's answers says so.</param>
/// <param name="LockedUntil">Null: more tries are left.</param>
[GenerateSerializer, Immutable, Alias("SignInOutcome")]
public sealed record SignInOutcome([property: Id(0)] bool Locks, [property: Id(1)] DateTimeOffset? LockedUntil);
