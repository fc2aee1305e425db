using System.Net;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Api.Tests.Employees;
using ComplianceGrid.Api.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Api.Tests.Security;

/// <summary>Every endpoint against every role. Written by hand, from what each role is for, not from the table in the source.</summary>
[Collection(ApiCollection.Name)]
public sealed class RoleMatrixTests(ApiFixture fixture)
{
    private static readonly string[] Roles =
    [
        "SystemAdmin", "TenantAdmin", "ComplianceManager", "DesignatedEmployerRepresentative", "MedicalReviewOfficer", "SubstanceAbuseProfessional",
        "Adjudicator", "Supervisor", "Auditor", "SecurityOfficer", "ThirdPartyAdministrator", "Employee", "Service",
    ];

    //                                                                      SA TA CM DER MRO SAP ADJ SUP AUD SO TPA EMP SVC
    private static readonly (string Method, string Path, string Allowed)[] Matrix =
    [
        ("GET", "/api/employees",                                          "-  x  x  x   x   x   x   x   x   -  x   -   x"),
        ("POST", "/api/employees",                                         "-  x  x  -   -   -   -   -   -   -  x   -   x"),
        ("GET", "/api/employees/{id:guid}",                                "-  x  x  x   x   x   x   x   x   -  x   -   x"),
        ("PUT", "/api/employees/{id:guid}",                                "-  x  x  -   -   -   -   -   -   -  x   -   x"),
        ("DELETE", "/api/employees/{id:guid}",                             "-  x  x  -   -   -   -   -   -   -  -   -   -"),
        ("POST", "/api/employees/{id:guid}/waivers",                       "-  -  x  -   -   -   -   -   -   -  -   -   -"),
        ("GET", "/api/employees/{id:guid}/clearance",                      "-  x  x  x   x   x   x   x   x   -  x   -   x"),
        ("POST", "/api/clearances",                                        "-  x  x  x   x   x   x   x   x   -  x   -   x"),
        ("GET", "/api/reports/compliance-summary",                         "x  x  x  x   -   -   -   x   x   x  x   -   x"),
        ("GET", "/api/policies",                                           "x  x  x  x   -   -   -   -   x   -  x   -   x"),
        ("PUT", "/api/policies",                                           "-  x  x  -   -   -   -   -   -   -  -   -   -"),
        ("GET", "/api/orders",                                             "-  x  x  x   x   -   x   -   x   -  x   -   x"),
        ("GET", "/api/orders/{id:guid}",                                   "-  x  x  x   x   -   x   -   x   -  x   -   x"),
        ("POST", "/api/orders",                                            "-  -  x  x   -   -   -   -   -   -  x   -   x"),
        ("POST", "/audit/log",                                             "-  -  -  -   -   -   -   -   -   -  -   -   x"),
        ("POST", "/audit/log/batch",                                       "-  -  -  -   -   -   -   -   -   -  -   -   x"),
        ("GET", "/audit/logs",                                             "-  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("GET", "/audit/logs/{id:guid}",                                   "-  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("GET", "/audit/user/{userId}/activity",                           "-  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("GET", "/audit/resource/{resource}",                              "-  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("GET", "/audit/logs/{id:guid}/proof",                             "-  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("GET", "/audit/proof/consistency",                                "-  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("GET", "/audit/checkpoint",                                       "-  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("POST", "/audit/checkpoint",                                      "-  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("GET", "/audit/keys",                                             "-  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("GET", "/audit/health",                                           "x  -  -  -   -   -   -   -   x   x  -   -   -"),
        ("GET", "/api/auth/session",                                       "x  x  x  x   x   x   x   x   x   x  x   x   x"),
        ("GET", "/api/auth/validate",                                      "x  x  x  x   x   x   x   x   x   x  x   x   x"),
        ("POST", "/api/auth/logout",                                       "x  x  x  x   x   x   x   x   x   x  x   x   x"),
        ("GET", "/api/auth/users/{id:guid}/sessions",                      "-  x  -  -   -   -   -   -   -   x  -   -   -"),
        ("DELETE", "/api/auth/users/{id:guid}/sessions/{session:guid}",    "-  x  -  -   -   -   -   -   -   x  -   -   -"),
        ("GET", "/audit/metrics",                                          "x  -  -  -   -   -   -   -   x   x  -   -   -"),
    ];

    [Fact]
    public async Task A_role_is_let_in_where_the_matrix_says_so_and_nowhere_else()
    {
        var client = fixture.Api.Client;
        foreach (var (role, column) in Roles.Select((role, column) => (role, column)))
        {
            var token = await fixture.Api.TokenAsync("matrix", [role]);
            foreach (var (method, path, allowed) in Matrix)
            {
                var answer = await client.SendAsync(token, new HttpMethod(method), path.Replace("{id:guid}", Guid.AllBitsSet.ToString()).Replace("{session:guid}", Guid.AllBitsSet.ToString()), method is "POST" or "PUT" ? new { } : null);
                var admitted = allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries)[column] == "x";
                Assert.True(admitted == (answer.StatusCode != HttpStatusCode.Forbidden), $"{role} {method} {path}: {answer.StatusCode}");
                Assert.NotEqual(HttpStatusCode.Unauthorized, answer.StatusCode);
                if (!admitted) await answer.RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
            }
        }
    }

    [Fact]
    public void The_matrix_has_every_endpoint_of_the_api_and_every_role()
    {
        var endpoints = fixture.Api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<EndpointPermission>() is { Permission: not null }) // what is open to everybody has no role to ask for
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal) || endpoint.RoutePattern.RawText.StartsWith("/audit", StringComparison.Ordinal))
            .Select(endpoint => $"{endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0]} {endpoint.RoutePattern.RawText!.TrimEnd('/')}");
        Assert.Equal(Matrix.Select(row => $"{row.Method} {row.Path}").Order(), endpoints.Order());
        Assert.Equal(Roles.Order(), RoleTable.Permissions.Keys.Order());
    }

    [Fact]
    public async Task An_employee_reads_their_own_record_with_every_reason_and_no_other()
    {
        var client = fixture.Api.Client;
        var manager = await fixture.Api.TokenAsync("matrix-own", ["ComplianceManager"]);
        var mine = (await (await client.SendAsync(manager, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body())).JsonAsync()).GetProperty("id").GetGuid();
        var other = (await (await client.SendAsync(manager, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body("E-2"))).JsonAsync()).GetProperty("id").GetGuid();
        var token = await fixture.Api.TokenAsync("matrix-own", ["Employee"], employee: mine);

        var own = await client.SendAsync(token, HttpMethod.Get, $"/api/employees/{mine}");
        Assert.Contains("words for Medical", await own.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await (await client.SendAsync(token, HttpMethod.Get, $"/api/employees/{other}")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
    }
}
