namespace ComplianceGrid.TestKit;

/// <summary>The tables of <c>docs/status.md</c>, as data. The first line that fits decides.</summary>
public static class StatusTables
{
    private static readonly string[] Document = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "status.md"));
    private static readonly string[][] Reports = Table("## Checkr's reports"), Reasons = Table("## From facts to a reason");

    /// <summary>What a report of the vendor's says.</summary>
    public static string OutcomeOf(string status, string? result, string? assessment, string? adjudication) =>
        Reports.First(line => Fits(line[0], status) && Fits(line[1], result) && Fits(line[2], assessment) && Fits(line[3], adjudication))[4];

    /// <summary>Colour and code of a requirement with gate <c>beforeWork</c> that knows of one fact only, which does not expire.</summary>
    public static (string Status, string Kind) ReasonOf(string outcome)
    {
        var (governing, open) = outcome is "satisfied" or "failed" or "prohibited" ? (outcome, "none")
            : outcome is "cancelled" ? ("none", "none")
            : ("none", outcome);
        var reason = Reasons.First(line => Fits(line[0], governing) && Fits(line[1], open))[2];
        return reason.Split(';')[0].Split(' ') is [var colour, var code] ? (colour, code) : ("green", "satisfied");
    }

    private static bool Fits(string cell, string? value) => cell switch
    {
        "any" => true,
        "some" => value is not null,
        _ when cell.StartsWith("not ", StringComparison.Ordinal) => value != cell["not ".Length..],
        _ => value is not null && cell.Split(", ").Contains(value),
    };

    private static string[][] Table(string heading) =>
    [
        .. Document.SkipWhile(line => line != heading).SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|'))
            .Skip(2) // head and rule
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)),
    ];
}
