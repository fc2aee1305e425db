using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ComplianceGrid.Api.OpenApi;

/// <summary>The document's head, its authentication, and the one shape of every problem.</summary>
internal sealed class DocumentTransformer : IOpenApiDocumentTransformer
{
    public const string ProblemSchema = "Problem";
    private const string Bearer = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Compliance Grid API",
            Version = "1",
            Description = """
                Who may work, drive or enter, at any instant, and why not.

                Every call but those of signing in needs an access token; its tenant is the only one that the call can see. Answers carry an ETag: send it as
                If-None-Match to read again cheaply, and as If-Match to change what you have seen. Lists come in pages: follow `next`.
                Refusals are problem details (RFC 9457) with a stable code; docs/status-codes.md says of each what caused it and what cures it.
                """,
        };
        document.Servers = [];
        document.AddComponent(Bearer, (IOpenApiSecurityScheme)new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "JWT",
            Description = "An access token (RFC 9068) with tenant, sub and roles, signed with ES256.",
        });
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] }];
        document.AddComponent(ProblemSchema, (IOpenApiSchema)Problem());
        return Task.CompletedTask;
    }

    private static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "Problem details (RFC 9457).",
        Required = new HashSet<string> { "type", "title", "status", "detail", "code", "requestId" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("A page about this kind of problem.", "uri"),
            ["title"] = Text("The kind of problem."),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The HTTP status." },
            ["detail"] = Text("What was wrong with this request, and what to do."),
            ["code"] = Text("Stable number, for example GRID-1005."),
            ["requestId"] = Text("Finds the request in logs, traces and the audit log."),
        },
        Examples = [new JsonObject
        {
            ["type"] = "https://docs.compliance-grid.example/status-codes#GRID-1005",
            ["title"] = "The record has changed",
            ["status"] = 412,
            ["detail"] = "The record is not what If-Match names. Read it again, apply your change to what you find, and send the new ETag.",
            ["code"] = "GRID-1005",
            ["requestId"] = "4bf92f3577b34da6a3ce929d0e0e4736",
        }],
    };

    private static OpenApiSchema Text(string description, string? format = null) =>
        new() { Type = JsonSchemaType.String, Description = description, Format = format };
}
