namespace ComplianceGrid;

/// <summary>Checks that the rules of several modules share. Each refusal says what to do.</summary>
internal static class Checks
{
    public const int MaxLength = 200;

    /// <exception cref="GridException"><see cref="GridError.Invalid"/>.</exception>
    public static void Text(string field, string? value)
    {
        if (string.IsNullOrWhiteSpace(value) || value.Length > MaxLength || value.Any(char.IsControl))
            throw Invalid($"{field} must have 1 to {MaxLength} characters and no control characters.");
    }

    /// <summary>A zone that this machine knows by name.</summary>
    public static bool IsZone(string id) => id.Length <= MaxLength && TimeZoneInfo.TryFindSystemTimeZoneById(id, out _);

    public static GridException Invalid(string detail) => new(GridError.Invalid, detail);
}
