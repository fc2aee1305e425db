using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace ComplianceGrid.Demo;

/// <summary>A line of the roster: <c>deploy/demo/roster.csv</c>.</summary>
internal sealed record RosterLine(string EmployeeNumber, string GivenName, string FamilyName, string DateOfBirth, string Email, string Phone,
    string Site, string Roles, string DotModes, string HiredOn, string HomeTerminalTimeZone);

internal static class Roster
{
    public static IReadOnlyList<RosterLine> Read(FileInfo file)
    {
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            PrepareHeaderForMatch = header => header.Header.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant(),
        };
        using var csv = new CsvReader(file.OpenText(), configuration);
        return [.. csv.GetRecords<RosterLine>()];
    }
}
