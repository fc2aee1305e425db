namespace ComplianceGrid.Api.Identity.SecondFactors;

/// <summary>A telephone's number as E.164 writes it: a plus sign, the country's code, the rest, 7 to 15 digits in all. Pure.</summary>
internal static class TelephoneNumber
{
    private const int Longest = 32, Shown = 2;

    /// <param name="typed">Blanks, hyphens, dots and parentheses do not count.</param>
    /// <returns>Null: it is none.</returns>
    public static string? Read(string typed)
    {
        if (typed.Length > Longest) return null;
        var number = string.Concat(typed.Where(letter => letter is not (' ' or '-' or '.' or '(' or ')')));
        return number is ['+', >= '1' and <= '9', ..] && number.Length is >= 8 and <= 16 && number[1..].All(char.IsAsciiDigit) ? number : null;
    }

    /// <summary>Enough for its owner to know which it is, and too little for anybody else: its last two digits.</summary>
    public static string Masked(string number) => $"+{new string('•', number.Length - 1 - Shown)}{number[^Shown..]}";
}
