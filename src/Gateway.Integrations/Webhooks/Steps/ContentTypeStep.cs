using System.Net.Mime;
using Microsoft.Net.Http.Headers;

namespace ComplianceGrid.Gateway.Webhooks.Steps;

/// <summary>JSON as it is: the signature is over the raw bytes, so a content coding is not taken.</summary>
internal sealed class ContentTypeStep : IWebhookStep
{
    public ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct) =>
        new(IsJson(context.Http.Request) ? null : new Refusal(GridError.UnsupportedMediaType, "A webhook is application/json in UTF-8, without a content coding."));

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase))
        && request.Headers.ContentEncoding is { Count: 0 } or ["identity"];
}
