using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Api.Tests.Audit;

[Collection(ApiCollection.Name)]
public sealed class AuditCatalogueTests(ApiFixture fixture)
{
    [Fact]
    public void Every_endpoint_has_a_line_and_every_line_an_endpoint()
    {
        var names = fixture.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => AuditCatalogue.IsRecorded("/" + endpoint.RoutePattern.RawText!.TrimStart('/')))
            .Select(endpoint => endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? endpoint.RoutePattern.RawText!);
        Assert.Equal(AuditCatalogue.Lines.Keys.Order(), names.Order());
    }
}
