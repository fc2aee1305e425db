using System.Globalization;
using Spectre.Console;

namespace ComplianceGrid.Demo;

/// <summary>The table that the demo ends with.</summary>
internal static class DemoReport
{
    public static void Print(IReadOnlyList<Employee> employees, DayResult day, StatusCounts before, StatusCounts after, long auditEntries)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("A day of the grid").AddColumn(new TableColumn("").RightAligned());
        table.AddRow("employees on the roster", Number(employees.Count));
        table.AddRow("webhooks sent", Number(day.Sent));
        table.AddRow("  accepted", Number(day.Accepted));
        table.AddRow("  duplicates, accepted and applied once", Number(day.Duplicates));
        table.AddRow("  refused (bad signature)", Number(day.Refused));
        table.AddRow("status before: green / amber / red", Counts(before));
        table.AddRow("status after: green / amber / red", Counts(after));
        table.AddRow("webhook to visible status: p50 / p99", day.Visible.Count == 0 ? "all were visible already" : $"{Milliseconds(day, 0.50)} / {Milliseconds(day, 0.99)}");
        table.AddRow("audit entries written meanwhile", Number(auditEntries));
        AnsiConsole.Write(table);
        if (day.Late > 0) AnsiConsole.MarkupLine($"[red]{day.Late} statuses were not as expected within 30 s[/]");
    }

    private static string Counts(StatusCounts counts) => $"{Number(counts.Green)} / {Number(counts.Amber)} / {Number(counts.Red)}";

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Milliseconds(DayResult day, double quantile)
    {
        var sorted = day.Visible.Order().ToArray();
        var at = sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * quantile))];
        return string.Create(CultureInfo.InvariantCulture, $"{at.TotalMilliseconds:0} ms");
    }
}
