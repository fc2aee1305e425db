namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>
/// Which passwords are taken. No class of characters is asked for (SP 800-63B §3.1.1.2): length counts, and that nobody would guess it.
/// Pure, and cheap: it says all that is wrong at once. Whether it was used before is <see cref="WasUsedBefore"/>, asked only of one that passes here.
/// </summary>
internal static class PasswordRules
{
    /// <summary>Texts for whoever chooses it, each saying what to do; none: it is taken.</summary>
    public static IReadOnlyList<string> Refusals(string password, OwnWords own, PasswordOptions limits)
    {
        // Before any work is done for it: no canonical composition leaves less than an eighth of the UTF-16 units.
        if (password.Length > limits.MaximumLength * 8) return [TooLong(limits)];
        var normal = PasswordText.Normalize(password);
        return [.. Each(normal, PasswordText.Length(normal), own, limits)];
    }

    /// <summary>The refusal of one that is among the last (<see cref="PasswordOptions.History"/>) ones.</summary>
    public static string WasUsedBefore(PasswordOptions limits) =>
        string.Create(null, $"You have used this password before. Choose one that is none of your last {limits.History}.");

    /// <param name="hashes">The current one and those before it, newest first.</param>
    /// <param name="isAmong">Whether the password fits one of them: <see cref="PasswordHasher.IsAmongAsync"/>, which is slow.</param>
    public static async Task<IReadOnlyList<string>> RefusalsAsync(string password, OwnWords own, IEnumerable<string> hashes, PasswordOptions limits,
        Func<string, IEnumerable<string>, CancellationToken, Task<bool>> isAmong, CancellationToken ct)
    {
        var refusals = Refusals(password, own, limits);
        if (refusals.Count > 0) return refusals;
        return await isAmong(password, hashes.Take(limits.History), ct) ? [WasUsedBefore(limits)] : [];
    }

    private static IEnumerable<string> Each(string password, int length, OwnWords own, PasswordOptions limits)
    {
        if (length < limits.MinimumLength)
            yield return string.Create(null, $"It has {length} characters. Use at least {limits.MinimumLength}: a few words that do not belong together are easy to remember.");
        if (length > limits.MaximumLength) yield return TooLong(limits);
        if (PasswordText.HasUnusable(password)) yield return "It has a character that cannot be typed everywhere (a control character, or one that is too new). Leave it out.";
        if (CommonPasswords.Has(password)) yield return "It is, or is made from, a password that many people use, so it would be guessed first. Choose something of your own.";
        if (own.In(password) is { } word) yield return $"It has “{word}” in it, which others know of you or your company. Leave that out.";
    }

    private static string TooLong(PasswordOptions limits) => string.Create(null, $"It is too long. Use at most {limits.MaximumLength} characters.");
}
