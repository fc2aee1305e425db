namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>
/// Words that anybody who knows the user or the company would try first (SP 800-63B §3.1.1.2, context-specific words).
/// They are compared without case, accents and the usual substitutions.
/// </summary>
internal sealed class OwnWords
{
    /// <summary>A shorter one would turn up in innocent words.</summary>
    private const int Shortest = 4;

    private static readonly string[] TooGeneral = ["mail", "info", "office", "email", "http", "https", "company", "group", "corp", "gmail", "outlook"];
    private readonly string[] _words;

    private OwnWords(IEnumerable<string> words) => _words = [.. words.Distinct(StringComparer.Ordinal)];

    public static readonly OwnWords None = new([]);

    /// <param name="texts">Names, user name, mail address, slug: taken apart at whatever is no letter or digit. Null and empty ones are passed over.</param>
    public static OwnWords Of(params IEnumerable<string?> texts) => new(
        from text in texts
        where !string.IsNullOrWhiteSpace(text)
        from word in Parts(text.Length <= 256 ? text : text[..256])
        where PasswordText.Length(word) >= Shortest && !TooGeneral.Contains(word)
        select word);

    /// <summary>The first of them that the password has in it, as it is looked for; null: none.</summary>
    public string? In(string password)
    {
        var folded = PasswordText.Fold(password);
        var undone = Substitutions.Undo(folded);
        return _words.FirstOrDefault(word => folded.Contains(word, StringComparison.Ordinal) || undone.Contains(Substitutions.Undo(word), StringComparison.Ordinal));
    }

    // "de la Cruz-Muñoz" is looked for as cruz and munoz, and "j.doe" as the whole without its dot as well.
    private static IEnumerable<string> Parts(string text)
    {
        var folded = PasswordText.Fold(text);
        var whole = folded.Split('@')[0];
        yield return string.Concat(whole.Where(char.IsLetterOrDigit));
        var from = 0;
        for (var i = 0; i <= folded.Length; i++)
        {
            if (i < folded.Length && char.IsLetterOrDigit(folded[i])) continue;
            if (i > from) yield return folded[from..i];
            from = i + 1;
        }
    }
}
