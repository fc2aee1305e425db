using ComplianceGrid.Api.Security;
using ComplianceGrid.ServiceDefaults.Edge;
using Microsoft.OpenApi;
using Scalar.AspNetCore;

namespace ComplianceGrid.Api.OpenApi;

/// <summary><c>/openapi/v1.json</c> and <c>/reference</c>, a page that needs nothing from any other host.</summary>
internal static class ApiDocument
{
    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddOperationTransformer<OperationTransformer>();
        options.AddDocumentTransformer<DocumentTransformer>();
    });

    public static void MapApiReference(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi().OpenToEverybody();
        app.MapScalarApiReference("/reference", options => options
            .WithTitle("Compliance Grid API")
            .DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton().HideDeveloperTools())
            .OpenToEverybody().KeepToThisHost();
    }
}
