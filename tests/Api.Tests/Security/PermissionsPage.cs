using System.Text.RegularExpressions;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Security;

/// <summary><c>docs/permissions.md</c>, read as people read it.</summary>
internal static partial class PermissionsPage
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "permissions.md"));

    /// <summary>In the order of the columns.</summary>
    public static readonly string[] Roles = [.. Legend().Matches(Section("Roles")).Select(row => row.Groups[1].Value)];

    public static readonly Row[] Operations = [.. Line().Matches(Section("Operations")).Select(line => new Row(
        line.Groups[1].Value, line.Groups[2].Value, [.. line.Groups[3].Value.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)]))];

    public static readonly string[] Open = [.. Operation().Matches(Section("Without a token")).Select(match => match.Groups[1].Value)];

    public static readonly string[] Grantable = [.. Code().Matches(Section("What an API key can have")).Select(match => match.Groups[1].Value)];

    /// <param name="Cells">One for each role: <c>x</c>, <c>-</c> or <c>own</c>.</param>
    public sealed record Row(string Method, string Path, string[] Cells)
    {
        public override string ToString() => $"{Method} {Path}";
    }

    private static string Section(string heading) => Text.Split("\n## ").Single(section => section.StartsWith(heading + "\n", StringComparison.Ordinal));

    [GeneratedRegex(@"^\| [A-Z]+ \| (\w+) \| ", RegexOptions.Multiline)]
    private static partial Regex Legend();

    [GeneratedRegex(@"^\| `([A-Z]+) (/[^`]*)` ((?:\| \S+ )+)\|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"`([A-Z]+ /[^`]*)`")]
    private static partial Regex Operation();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
