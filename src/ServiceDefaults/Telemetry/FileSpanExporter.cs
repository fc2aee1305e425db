using System.Diagnostics;
using System.Text;
using System.Text.Json;
using OpenTelemetry;

namespace ComplianceGrid.ServiceDefaults.Telemetry;

/// <summary>Appends each finished span as one JSON line, so that one trace can be followed across processes by their files.</summary>
internal sealed class FileSpanExporter : BaseExporter<Activity>
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly string service;
    private readonly StreamWriter writer;

    public FileSpanExporter(string file, string service)
    {
        this.service = service;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        writer = new(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite), new UTF8Encoding(false));
    }

    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var activity in batch) writer.WriteLine(JsonSerializer.Serialize(Line(activity), Json));
        writer.Flush();
        return ExportResult.Success;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) writer.Dispose();
        base.Dispose(disposing);
    }

    private object Line(Activity activity) => new
    {
        TraceId = activity.TraceId.ToHexString(),
        SpanId = activity.SpanId.ToHexString(),
        ParentSpanId = activity.ParentSpanId == default ? null : activity.ParentSpanId.ToHexString(),
        Links = activity.Links.Select(link => link.Context.TraceId.ToHexString()).ToArray(),
        Service = service,
        Source = activity.Source.Name,
        Name = activity.DisplayName,
        Kind = activity.Kind.ToString(),
        Start = activity.StartTimeUtc,
        DurationMs = activity.Duration.TotalMilliseconds,
        Status = activity.Status.ToString(),
        Tags = activity.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value?.ToString()),
    };
}
