using System.ComponentModel;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;

namespace ComplianceGrid.Api.AuditLog.Monitoring;

/// <summary>Entries of all tenants that wait on the disk of the process that answers, until the store takes them.</summary>
internal sealed record SpoolAnswer
{
    public required int Entries { get; init; }
    [Description("Sealed.")]
    public required long Bytes { get; init; }
    [Description("Entries whose log refuses them for now.")]
    public required int Held { get; init; }
    [Description("Seconds since the oldest act.")]
    public required double OldestSeconds { get; init; }
    [Description("False: tenants who fail closed are answered 503.")]
    public required bool HasRoom { get; init; }

    public static SpoolAnswer Of(SpoolFigures figures, DateTimeOffset now) => new()
    {
        Entries = figures.Entries,
        Bytes = figures.Bytes,
        Held = figures.Held,
        OldestSeconds = figures.Oldest is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0,
        HasRoom = figures.HasRoom,
    };
}
