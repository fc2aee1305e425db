using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.Passwords;

internal enum PasswordVerdict
{
    Wrong,
    Right,

    /// <summary>Right, but imported or made with other iterations: store a new hash of what was typed, in the same transaction as the log-on.</summary>
    RightButOutdated,
}

/// <summary>All that touches a password's hash, on the hashing threads.</summary>
internal sealed class PasswordHasher
{
    /// <summary>UTF-16 units. Nothing so long was ever stored, so it is wrong; the work is done all the same, on nothing.</summary>
    private const int LongestTyped = 2048;

    private readonly HashingQueue _queue;
    private readonly int _iterations;
    private readonly PasswordHash _nobody;

    public PasswordHasher(HashingQueue queue, IOptions<PasswordOptions> options)
    {
        (_queue, _iterations) = (queue, options.Value.Iterations);
        // Nobody's: no password is known to fit it, and looking costs what looking at a real one costs.
        _nobody = PasswordHash.Create("", 1) with { Iterations = _iterations };
    }

    /// <returns>At most 120 ASCII characters.</returns>
    public Task<string> HashAsync(string password, CancellationToken ct) =>
        _queue.RunAsync(() => PasswordHash.Create(password, _iterations).ToString(), ct);

    /// <param name="stored">Of ours, or bcrypt of an imported account.</param>
    /// <exception cref="InvalidDataException">It is neither, or asks for absurd work: a damaged row, which no password may open.</exception>
    public Task<PasswordVerdict> VerifyAsync(string password, string stored, CancellationToken ct) =>
        _queue.RunAsync(() => password.Length <= LongestTyped ? Verify(password, stored, _iterations) : Nothing(password), ct);

    /// <summary>For a name that nobody has: takes the same turn and the same work as a wrong password of somebody's.</summary>
    public Task VerifyNothingAsync(string password, CancellationToken ct) => _queue.RunAsync(() => Nothing(password), ct);

    /// <summary>Whether it fits one of these. Each is a turn of its own, so that others who wait are not held up by 24 at once.</summary>
    public async Task<bool> IsAmongAsync(string password, IEnumerable<string> stored, CancellationToken ct)
    {
        foreach (var hash in stored)
            if (await VerifyAsync(password, hash, ct) != PasswordVerdict.Wrong)
                return true;
        return false;
    }

    private PasswordVerdict Nothing(string password)
    {
        _nobody.Fits(password.Length <= LongestTyped ? password : "");
        return PasswordVerdict.Wrong;
    }

    /// <summary>Pure. The stored hash is imported, unknown, or of other iterations than are asked for now.</summary>
    public static bool NeedsRehash(string stored, int iterations) => !PasswordHash.TryParse(stored, out var hash) || hash.Iterations != iterations;

    /// <summary>Pure.</summary>
    internal static PasswordVerdict Verify(string password, string stored, int iterations)
    {
        if (PasswordHash.TryParse(stored, out var hash))
            return !hash.Fits(password) ? PasswordVerdict.Wrong : hash.Iterations == iterations ? PasswordVerdict.Right : PasswordVerdict.RightButOutdated;
        if (!ImportedHash.IsOne(stored)) throw new InvalidDataException("A stored password hash is in no form that is known here, or asks for too much work.");
        return ImportedHash.Fits(password, stored) ? PasswordVerdict.RightButOutdated : PasswordVerdict.Wrong;
    }
}
