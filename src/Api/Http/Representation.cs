using System.Buffers;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace ComplianceGrid.Api.Http;

/// <summary>JSON with its entity tag; a GET whose caller has that very representation is answered 304 without a body.</summary>
internal sealed class Representation<T>(T value, long? revision, int status = StatusCodes.Status200OK, string? location = null)
    : IResult, IEndpointMetadataProvider
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var options = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var body = new ArrayBufferWriter<byte>(4096);
        await using (var writer = new Utf8JsonWriter(body)) JsonSerializer.Serialize(writer, value, options);

        var etag = EntityTags.Format(revision, Digest(body.WrittenSpan));
        var response = httpContext.Response;
        response.Headers.ETag = etag;
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.Vary = "Authorization";
        if (location is not null) response.Headers.Location = location;
        if (HttpMethods.IsGet(httpContext.Request.Method) && httpContext.Request.IsNotModified(etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, httpContext.RequestAborted);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    private static string Digest(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Convert.ToHexStringLower(hash[..8]);
    }
}

internal static class Representation
{
    public static Representation<T> Of<T>(T value, long? revision = null) => new(value, revision);
    public static Representation<T> Created<T>(T value, long revision, string location) => new(value, revision, StatusCodes.Status201Created, location);
}
