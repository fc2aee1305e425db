namespace ComplianceGrid.Tenancy;

/// <summary>Instants as PostgreSQL keeps them, so that what is stored equals what was decided.</summary>
internal static class Instants
{
    public static DateTimeOffset ToMicroseconds(this DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
}
