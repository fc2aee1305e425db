namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>Letters as people disguise them: every cracking tool undoes these first.</summary>
internal static class Substitutions
{
    public static string Undo(string folded) => string.Create(folded.Length, folded, static (undone, text) =>
    {
        for (var i = 0; i < text.Length; i++) undone[i] = Letter(text[i]);
    });

    private static char Letter(char disguised) => disguised switch
    {
        '@' or '4' => 'a',
        '3' or '€' => 'e',
        '1' or '!' or '|' => 'i',
        '0' => 'o',
        '$' or '5' => 's',
        '7' or '+' => 't',
        '8' => 'b',
        '9' => 'g',
        _ => disguised,
    };
}
