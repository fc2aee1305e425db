namespace ComplianceGrid.Storage.Projections;

/// <summary>
/// How names are ordered and searched by prefix: lower-cased by the invariant culture, family name first, compared byte by byte.
/// Writer and reader both call this, so that a prefix means the same on both sides.
/// </summary>
public static class SortName
{
    public static string Of(string familyName, string givenName) => Fold($"{familyName} {givenName}");

    /// <summary>The first name not below the prefix, and a bound above every name that begins with it.</summary>
    public static (string From, string Below) Range(string prefix)
    {
        var folded = Fold(prefix);
        return (folded, folded + LastCharacter);
    }

    // U+10FFFF: in UTF-8 no character's bytes sort after its bytes.
    internal const string LastCharacter = "\U0010FFFF";

    private static string Fold(string name) => name.Trim().ToLowerInvariant();
}
