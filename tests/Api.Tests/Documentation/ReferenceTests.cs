using System.Net;
using System.Text.RegularExpressions;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Documentation;

[Collection(ApiCollection.Name)]
public sealed class ReferenceTests(ApiFixture fixture)
{
    [Fact]
    public async Task The_page_needs_nothing_from_any_other_host()
    {
        var ct = TestContext.Current.CancellationToken;
        var answer = await fixture.Api.Client.GetAsync("/reference/", ct);
        Assert.StartsWith("default-src 'self';", answer.Headers.GetValues("Content-Security-Policy").Single());
        var page = await answer.Content.ReadAsStringAsync(ct);
        var sources = Regex.Matches(page, """(?:src|href)="([^"]+)"|(?:from|import\()\s*['"]([^'"]+)['"]""")
            .Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value).ToArray();
        Assert.NotEmpty(sources);
        foreach (var source in sources.Where(source => !source.StartsWith("data:", StringComparison.Ordinal)))
        {
            Assert.DoesNotMatch("^(https?:)?//", source);
            Assert.Equal(HttpStatusCode.OK, (await fixture.Api.Client.GetAsync(new Uri(new Uri(fixture.Api.Client.BaseAddress!, "/reference/"), source), ct)).StatusCode);
        }
    }

    [Fact]
    public async Task The_served_document_is_the_checked_in_one_and_every_problem_is_in_it()
    {
        var ct = TestContext.Current.CancellationToken;
        var served = await fixture.Api.Client.GetStringAsync("/openapi/v1.json", ct);
        Assert.Contains("\"openapi\": \"3.1", served);
        Assert.Equal((await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/api/api.json"), ct)).ReplaceLineEndings("\n").TrimEnd(), served.ReplaceLineEndings("\n").TrimEnd());
    }

    [Theory]
    [InlineData("hireEmployee", "/api/employees"), InlineData("askClearances", "/api/clearances"), InlineData("logEntry", "/audit/log"), InlineData("logEntries", "/audit/log/batch")]
    public async Task An_example_works_as_it_stands(string operation, string path)
    {
        var token = await fixture.Api.TokenAsync("examples", [path.StartsWith("/audit", StringComparison.Ordinal) ? "Service" : "ComplianceManager"]);
        var answer = await fixture.Api.Client.SendAsync(token, HttpMethod.Post, path, OperationText.Of(operation).Request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
