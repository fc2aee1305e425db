using Superpower;
using Superpower.Parsers;

namespace ComplianceGrid.Api.AuditLog.Search;

/// <summary>
/// The query box: terms <c>key:value</c> with blanks between them. A value with a blank or a quotation mark in it stands in quotation
/// marks, where a backslash goes before a quotation mark and a backslash: <c>user:"a \"b\" c" action:READ since:24h</c>.
/// </summary>
internal static class QueryBox
{
    private const int Longest = 1_000;

    private static readonly TextParser<string> Quoted =
        from open in Character.EqualTo('"')
        from text in Character.EqualTo('\\').IgnoreThen(Character.In('"', '\\')).Or(Character.ExceptIn('"', '\\')).Many()
        from close in Character.EqualTo('"')
        select new string(text);

    private static readonly TextParser<string> Bare = Span.WithoutAny(character => char.IsWhiteSpace(character) || character == '"').Text();

    private static readonly TextParser<Term> One =
        from key in Span.WithAll(char.IsAsciiLetter)
        from colon in Character.EqualTo(':')
        from value in Quoted.Or(Bare)
        select new Term(key.ToStringValue(), value, key.Position.Absolute + 1);

    private static readonly TextParser<Term[]> All =
        from before in Character.WhiteSpace.IgnoreMany()
        from terms in One.ManyDelimitedBy(Span.WhiteSpace)
        select terms;

    /// <exception cref="GridException"><see cref="GridError.Malformed"/>: from which character on it is not understood.</exception>
    public static Term[] Parse(string text)
    {
        if (text.Length > Longest) throw Refuse(Longest + 1, $"at most {Longest} characters are taken");
        var parsed = All.AtEnd().TryParse(text.TrimEnd());
        return parsed.HasValue ? parsed.Value : throw Refuse(parsed.ErrorPosition.Absolute + 1,
            "key:value is expected, or key:\"a value\" with a backslash before a quotation mark or backslash in it");
    }

    public static GridException Refuse(int position, string why) => new(GridError.Malformed,
        string.Create(null, $"query, character {position}: {why}. The keys are {string.Join(", ", SearchTerms.Keys)}."));

    /// <param name="Position">Of the key, from 1.</param>
    public sealed record Term(string Key, string Value, int Position);
}
