using System.Globalization;
using System.Text.RegularExpressions;
using ComplianceGrid.Status;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Documentation;

public sealed partial class StatusCodesTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "status-codes.md"));

    [Fact]
    public void Every_code_has_one_section_and_every_section_a_code()
    {
        var codes = Enum.GetValues<GridError>().Select(error => (int)error).Concat(Enum.GetValues<ReasonCode>().Select(reason => (int)reason));
        var sections = Heading().Matches(Page).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

        Assert.Equal(codes.Order(), sections.Order());
    }

    [Fact]
    public void Every_section_says_cause_and_cure()
    {
        foreach (var section in Page.Split("\n### ")[1..])
        {
            Assert.Matches(@"\nCause: .{10,}", section);
            Assert.Matches(@"\nCure: .{5,}", section);
        }
    }

    [GeneratedRegex(@"^### GRID-(\d{4})$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
