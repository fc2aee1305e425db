using System.Text.Json.Nodes;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;
using ComplianceGrid.ServiceDefaults.Problems;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ComplianceGrid.Api.OpenApi;

/// <summary>Completes an operation from the endpoint's metadata: words, examples, headers, permission, and every problem it can answer with.</summary>
internal sealed class OperationTransformer : IOpenApiOperationTransformer
{
    private static readonly GridError[] Everywhere = [GridError.Malformed, GridError.TooManyRequests, GridError.Unavailable];
    private static readonly GridError[] WithToken = [GridError.Unauthenticated, GridError.Forbidden];

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var text = OperationText.Of(operation.OperationId);
        var permission = metadata.OfType<EndpointPermission>().Single();
        operation.Summary = text.Summary;
        operation.Description = $"{text.Description}\n\n" + permission switch
        {
            { Permission: null } => "Needs no access token.",
            { Own: { } own } => $"Permission: `{permission.Permission}`, or `{own}` for one's own record.",
            _ => $"Permission: `{permission.Permission}`.",
        };
        if (permission.Permission is null) operation.Security = [];

        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(p => p.In == ParameterLocation.Query) ?? [])
            QueryParameterSchemas.Describe(parameter, operation.OperationId!);
        AddHeaders(operation, context.Description.HttpMethod, metadata);
        AddBody(operation, text, metadata);
        AddAnswers(operation, text, context, metadata);
        return Task.CompletedTask;
    }

    private static void AddHeaders(OpenApiOperation operation, string? method, IList<object> metadata)
    {
        if (method == "GET" && metadata.OfType<Tagged>().Any())
            Header(operation, "If-None-Match", "ETag of what the caller has; 304 when it is still that.", required: false);
        if (metadata.OfType<Conditional>().Any())
            Header(operation, "If-Match", operation.OperationId == "publishPolicy"
                ? "ETag of the policy that this one follows. For the first send If-None-Match: * instead."
                : "ETag of the record as the caller has seen it.", required: operation.OperationId != "publishPolicy");
        if (metadata.OfType<ShowingPhi>().Any())
            Header(operation, PurposeOfUse.Header, "Code of what protected health information is read for, for example TREAT. Needed of whoever has phi:read where the policy asks for it.", required: false);
        if (metadata.OfType<Creating>().Any() && method == "POST")
            Header(operation, CreationId.Header, "1 to 255 characters of the caller's making: a retry with the same key creates nothing twice.", required: false);
        if (operation.OperationId == "publishPolicy")
            Header(operation, "If-None-Match", "* for the tenant's first policy.", required: false);
    }

    private static void AddBody(OpenApiOperation operation, OperationText text, IList<object> metadata)
    {
        if (operation.RequestBody?.Content is not { } contents) return;
        if (metadata.OfType<RequestSizeLimitAttribute>().SingleOrDefault() is Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata { MaxRequestBodySize: { } most } && operation.RequestBody is OpenApiRequestBody body)
            body.Description = $"At most {most / 1024} KiB." + (metadata.OfType<ReadsItself>().Any() ? "" : " Members that are not listed here are refused.");
        foreach (var content in contents.Values.OfType<OpenApiMediaType>()) content.Example = text.Request?.DeepClone();
    }

    private static void AddAnswers(
        OpenApiOperation operation, OperationText text, OpenApiOperationTransformerContext context, IList<object> metadata)
    {
        var responses = operation.Responses ??= [];
        var isTagged = metadata.OfType<Tagged>().Any();
        if (responses.TryGetValue("204", out var nothing) && nothing is OpenApiResponse done) done.Description = "Done.";
        if (responses.TryGetValue("200", out var found) && found is OpenApiResponse ok)
        {
            ok.Description = "The answer.";
            if (isTagged) ok.Headers = new Dictionary<string, IOpenApiHeader>
            {
                ["ETag"] = new OpenApiHeader { Description = "\"{revision}-{digest}\"", Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
            };
            foreach (var content in ok.Content?.Values.OfType<OpenApiMediaType>() ?? []) content.Example = text.Response?.DeepClone();
            if (metadata.OfType<Creating>().Any()) AddCreated(operation, responses, ok);
        }

        if (isTagged && context.Description.HttpMethod == "GET") responses["304"] = new OpenApiResponse { Description = "The caller has this already (If-None-Match)." };
        var everywhere = metadata.OfType<EndpointPermission>().Single().Permission is null ? Everywhere : Everywhere.Concat(WithToken);
        foreach (var status in everywhere.Concat(metadata.OfType<Answers>().SelectMany(answers => answers.Errors)).Distinct().GroupBy(GridProblems.StatusOf).OrderBy(group => group.Key))
            responses[status.Key.ToString(System.Globalization.CultureInfo.InvariantCulture)] = Problem(status, context.Document);
    }

    private static void AddCreated(OpenApiOperation operation, OpenApiResponses responses, OpenApiResponse ok)
    {
        var created = new OpenApiResponse
        {
            Description = "Created; a repeat answers the same.",
            Content = ok.Content,
            Headers = new Dictionary<string, IOpenApiHeader>(ok.Headers!)
            {
                ["Location"] = new OpenApiHeader { Description = "Where it is.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
            },
        };
        if (operation.OperationId != "publishPolicy") responses.Remove("200");
        responses["201"] = created;
    }

    private static OpenApiResponse Problem(IGrouping<int, GridError> status, OpenApiDocument? document)
    {
        var response = new OpenApiResponse
        {
            Description = string.Join(", ", status.Select(error => $"{GridProblems.CodeOf(error)} ({error})")),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [GridProblems.ContentType] = new() { Schema = new OpenApiSchemaReference(DocumentTransformer.ProblemSchema, document) },
            },
        };
        if (status.Key is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            response.Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = Header("Seconds to wait.", JsonSchemaType.Integer) };
        if (status.Key is StatusCodes.Status429TooManyRequests)
        {
            response.Headers!["RateLimit-Policy"] = Header("The limit that was met, as every answer tells of all that apply: \"user\";q=30000;w=60 is 30000 requests in 60 seconds.");
            response.Headers["RateLimit"] = Header("What is left of it, and in how many seconds it begins anew: \"user\";r=0;t=42.");
        }

        return response;
    }

    private static OpenApiHeader Header(string description, JsonSchemaType type = JsonSchemaType.String) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = type } };

    private static void Header(OpenApiOperation operation, string name, string description, bool required) =>
        (operation.Parameters ??= []).Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Required = required,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = name.StartsWith("If-", StringComparison.Ordinal) ? null : name == PurposeOfUse.Header ? JsonValue.Create("TREAT") : JsonValue.Create("import-2026-03-01-row-17"),
        });
}
