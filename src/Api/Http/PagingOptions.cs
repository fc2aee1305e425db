namespace ComplianceGrid.Api.Http;

/// <summary>Section <c>Paging</c>.</summary>
internal sealed class PagingOptions
{
    public const string Section = "Paging";

    /// <summary>
    /// File with 32 bytes in base64, the same for every Api process: seals the cursors. Without it each process makes a key of its
    /// own, and a cursor is good only where it came from, until that process ends.
    /// </summary>
    public string? KeyFile { get; set; }
}
