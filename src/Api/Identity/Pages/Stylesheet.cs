namespace ComplianceGrid.Api.Identity.Pages;

internal static class Stylesheet
{
    private static readonly byte[] Text = Read();

    public static IResult Get(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return Results.Bytes(Text, "text/css; charset=utf-8");
    }

    private static byte[] Read()
    {
        using var source = typeof(Stylesheet).Assembly.GetManifestResourceStream("pages.css")!;
        using var text = new MemoryStream();
        source.CopyTo(text);
        return text.ToArray();
    }
}
