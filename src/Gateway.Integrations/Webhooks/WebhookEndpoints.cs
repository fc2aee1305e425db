using System.Text.Json.Nodes;
using ComplianceGrid.Gateway.Auditing;
using ComplianceGrid.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;

namespace ComplianceGrid.Gateway.Webhooks;

internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        foreach (var vendor in app.ServiceProvider.GetServices<IWebhookVendor>())
        {
            Describe(app.MapPost($"/webhooks/{vendor.Name}/{{connection}}",
                (string connection, HttpContext http, WebhookIntake intake) => intake.TakeAsync(http, vendor, connection)), vendor.Name)
                .WithName($"{vendor.Name}Webhook").WithSummary("Takes a vendor's webhook for one connection");
            Describe(app.MapPost($"/webhooks/{vendor.Name}",
                (HttpContext http, WebhookIntake intake) => intake.TakeAsync(http, vendor, null)), vendor.Name)
                .WithName($"{vendor.Name}AccountWebhook").WithSummary("Takes a vendor's webhook; the body's account_id names the connection");
        }
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint, string vendor)
    {
        foreach (var status in new[] { 400, 401, 404, 413, 415, 429, 503 }) endpoint.Produces<ProblemDetails>(status, GridProblems.ContentType);
        return endpoint.WithTags("webhooks").Produces<WebhookReceipt>()
            .WithDescription("Answers 200 when the webhook is durable, and the same for one that was received before. Anything else: send again, unless the fault is the sender's (4xx but 429).")
            .AddOpenApiOperationTransformer((operation, _, _) =>
            {
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Description = "The vendor's event, signed over its raw bytes.",
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/json"] = new()
                        {
                            Schema = new OpenApiSchema { Type = JsonSchemaType.Object },
                            Example = JsonNode.Parse("""{"id":"evt_1","object":"event","type":"report.completed","account_id":"acct_1","data":{"object":{"id":"rep_1","object":"report"}}}"""),
                        },
                    },
                };
                operation.Parameters ??= [];
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = vendor == "checkr" ? "X-Checkr-Signature" : "Signature",
                    In = ParameterLocation.Header,
                    Required = true,
                    Description = "HMAC-SHA256 of the body, lower-case hexadecimal.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
                return Task.CompletedTask;
            });
    }
}

/// <summary>The answer to every webhook that is durable.</summary>
internal sealed record WebhookReceipt(bool Received)
{
    public static readonly WebhookReceipt Durable = new(true);
}

internal sealed class WebhookIntake(WebhookPipeline pipeline, TimeProvider time)
{
    public async Task<IResult> TakeAsync(HttpContext http, IWebhookVendor vendor, string? connection)
    {
        var context = new WebhookContext(http, vendor, connection, time.GetUtcNow());
        var refusal = await RunAsync(context);
        GatewayTelemetry.Webhooks.Add(1, new("vendor", vendor.Name), new("answer", refusal?.Error.ToString() ?? "Received"));
        http.AuditRecord()?.Connection(context.Connection?.Tenant, vendor.Name);
        if (refusal is null)
        {
            http.AuditRecord()?.RidesInTransaction();
            return TypedResults.Ok(WebhookReceipt.Durable);
        }

        await GridProblems.WriteAsync(http, refusal.Error, refusal.Detail, refusal.RetryAfterSeconds);
        return TypedResults.Empty;
    }

    private async ValueTask<Refusal?> RunAsync(WebhookContext context)
    {
        try
        {
            return await pipeline.RunAsync(context, context.Http.RequestAborted);
        }
        catch (BadHttpRequestException bad) // a body that breaks the transfer coding, or trickles
        {
            return bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new(GridError.TooLarge, "The webhook is too large.")
                : new(GridError.Malformed, "The request's body could not be read.");
        }
    }
}
