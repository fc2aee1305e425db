using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.ServiceDefaults.Telemetry;

/// <summary>Section <c>Tracing</c>.</summary>
public sealed class TracingOptions
{
    public const string Section = "Tracing";

    /// <summary>Spans are appended to this file too, one JSON object a line; empty: to no file.</summary>
    public string? File { get; set; }

    /// <summary>Share of new traces that are recorded, 0 to 1. A trace begun elsewhere keeps its caller's decision.</summary>
    [Range(0.0, 1.0)]
    public double SampleRatio { get; set; } = 1.0;
}
