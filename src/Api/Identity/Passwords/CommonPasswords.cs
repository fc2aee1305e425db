using System.Collections.Frozen;
using System.IO.Compression;

namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>The published list in <c>Common/</c>, read once. Most of it is shorter than the shortest password taken, so it is looked for inside.</summary>
internal static class CommonPasswords
{
    private const int ShortestWord = 4;
    private static readonly Lazy<FrozenSet<string>> List = new(Read);

    public static int Count => List.Value.Count;

    /// <summary>
    /// Whether it is one of the list, or one with digits and symbols around it, with the usual substitutions (p@ssw0rd), or written
    /// several times in a row; or one character, or a run of neighbours (abcdefghijkl), which no list can hold.
    /// </summary>
    public static bool Has(string password)
    {
        var folded = PasswordText.Fold(password);
        return IsRun(folded) || Variants(folded).Any(List.Value.Contains) || Unit(folded) is { } unit && (unit.Length < ShortestWord || Variants(unit).Any(List.Value.Contains));
    }

    private static IEnumerable<string> Variants(string folded)
    {
        yield return folded;
        yield return Substitutions.Undo(folded);
        if (Core(folded) is { } core) yield return core;
        if (Core(Substitutions.Undo(Trimmed(folded))) is { } undone) yield return undone;
    }

    // What is left without the digits and symbols at both ends; null: too little to be a word.
    private static string? Core(string text)
    {
        var core = Trimmed(text);
        return core.Length >= ShortestWord ? core : null;
    }

    private static string Trimmed(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && !char.IsLetter(text[start])) start++;
        while (end > start && !char.IsLetter(text[end - 1])) end--;
        return text[start..end];
    }

    // The shortest piece whose repetition the text is, with the last one cut short or not; null: none that comes twice.
    private static string? Unit(string text)
    {
        for (var size = 1; size <= text.Length / 2; size++)
            if (text.AsSpan(size).SequenceEqual(text.AsSpan(0, text.Length - size)))
                return text[..size];
        return null;
    }

    private static bool IsRun(string text) => text.Length >= 3 && new[] { -1, 0, 1 }.Any(step =>
        Enumerable.Range(1, text.Length - 1).All(i => text[i] - text[i - 1] == step || IsWrap(text[i - 1], text[i], step)));

    // 9 goes on with 0 as the keyboard has it.
    private static bool IsWrap(char from, char to, int step) => step switch
    {
        1 => from == '9' && to == '0',
        -1 => from == '0' && to == '9',
        _ => false,
    };

    private static FrozenSet<string> Read()
    {
        using var packed = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt.gz")
            ?? throw new InvalidOperationException("The list of common passwords is missing from the program.");
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        var words = new List<string>(50_000);
        while (reader.ReadLine() is { } word) words.Add(word);
        return words.ToFrozenSet(StringComparer.Ordinal);
    }
}
