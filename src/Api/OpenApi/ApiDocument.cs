using ComplianceGrid.Api.Security;
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
            .OpenToEverybody().Add(OwnHostOnly);
    }

    // The page's script is a third party's: the browser itself keeps it to this host.
    private static void OwnHostOnly(EndpointBuilder endpoint)
    {
        var serve = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = context =>
        {
            context.Response.Headers.ContentSecurityPolicy =
                "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";
            return serve(context);
        };
    }
}
