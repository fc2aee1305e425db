using ComplianceGrid.Api.Security;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary>The pages' stylesheet, and the one script that there is.</summary>
internal static class PageAssets
{
    public const string Script = "/pages/passkey.js";

    public static void MapPageAssets(this IEndpointRouteBuilder app)
    {
        Map(app, "/pages/style.css", "stylesheet", "pages.css", "text/css; charset=utf-8");
        Map(app, Script, "passkeyScript", "passkey.js", "text/javascript; charset=utf-8");
    }

    private static void Map(IEndpointRouteBuilder app, string path, string name, string resource, string type)
    {
        var bytes = Read(resource);
        app.MapGet(path, (HttpContext context) =>
        {
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers.CacheControl = "public, max-age=3600";
            return Results.Bytes(bytes, type);
        }).WithName(name).OpenToEverybody().ExcludeFromDescription();
    }

    private static byte[] Read(string resource)
    {
        using var source = typeof(PageAssets).Assembly.GetManifestResourceStream(resource)!;
        using var bytes = new MemoryStream();
        source.CopyTo(bytes);
        return bytes.ToArray();
    }
}
