using System.Buffers;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ComplianceGrid.Api.OpenApi;
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

        if (location is not null) httpContext.Response.Headers.Location = location;
        await Representation.WriteAsync(httpContext, body.WrittenMemory, "application/json; charset=utf-8", revision, status);
    }

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));
        builder.Metadata.Add(new Tagged());
    }
}

/// <summary>Text of a published format, with its entity tag.</summary>
internal sealed class TextRepresentation(string text) : IResult, IEndpointMetadataProvider
{
    public Task ExecuteAsync(HttpContext httpContext) =>
        Representation.WriteAsync(httpContext, Encoding.UTF8.GetBytes(text), "text/plain; charset=utf-8", revision: null, StatusCodes.Status200OK);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/plain"]));
        builder.Metadata.Add(new Tagged());
    }
}

internal static class Representation
{
    public static Representation<T> Of<T>(T value, long? revision = null) => new(value, revision);
    public static Representation<T> Created<T>(T value, long revision, string location) => new(value, revision, StatusCodes.Status201Created, location);

    internal static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> body, string contentType, long? revision, int status)
    {
        var etag = EntityTags.Format(revision, Digest(body.Span));
        var response = context.Response;
        response.Headers.ETag = etag;
        if (response.Headers.CacheControl.Count == 0) response.Headers.CacheControl = "private, no-cache"; // a secret has said no-store
        response.Headers.Vary = "Authorization";
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.IsNotModified(etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static string Digest(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Convert.ToHexStringLower(hash[..8]);
    }
}
