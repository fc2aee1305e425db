namespace ComplianceGrid.Streams.Core.Failures;

internal static class FailureReason
{
    private const int MaxLength = 1000;

    /// <summary>Type and message of the error and its causes, cut to a length that a list can show.</summary>
    public static string Of(Exception error)
    {
        var words = new List<string>();
        for (var e = error; e is not null; e = e.InnerException) words.Add($"{Kind(e)}: {e.Message}");
        // PostgreSQL's text holds every character but this one.
        var reason = string.Join(" < ", words).Replace('\0', ' ');
        return reason.Length <= MaxLength ? reason : reason[..MaxLength];
    }

    private static string Kind(Exception error) => error is GridException refusal ? $"GRID-{(int)refusal.Error}" : error.GetType().Name;
}
