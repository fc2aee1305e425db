using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.ServiceDefaults.Http;

/// <summary>Section <c>Http</c>: what one request may cost.</summary>
public sealed class HttpLimits
{
    public const string Section = "Http";

    /// <summary>Bytes; an endpoint may set its own.</summary>
    [Range(1024, 1 << 30)]
    public long MaxBodyBytes { get; set; } = 1 << 20;

    [Range(1024, 1 << 20)]
    public int MaxHeaderBytes { get; set; } = 16 << 10;

    [Range(10, 1_000_000)]
    public long MaxConnections { get; set; } = 20_000;

    /// <summary>Levels of nesting of a JSON body.</summary>
    [Range(4, 128)]
    public int MaxJsonDepth { get; set; } = 32;

    /// <summary>Seconds that a request may take once its headers have arrived; past them it is answered 503 (<c>GRID-1015</c>).</summary>
    [Range(0.1, 600)]
    public double RequestSeconds { get; set; } = 30;

    /// <summary>Bytes a second, on average and after five seconds of grace, that a body must come with and an answer be read with; a slower body is answered 408 (<c>GRID-1031</c>).</summary>
    [Range(1, 1 << 20)]
    public double MinBytesPerSecond { get; set; } = 240;
}
