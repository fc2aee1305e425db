using System.Net;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.Employees;

[Collection(ApiCollection.Name)]
public sealed class ClearanceApiTests(ApiFixture fixture)
{
    private readonly HttpClient _client = fixture.Api.Client;

    [Fact]
    public async Task A_certain_yes_is_allowed_and_no_answer_in_time_is_not()
    {
        var token = await fixture.Api.TokenAsync("clearances", ["ComplianceManager"]);
        var path = (await _client.SendAsync(token, HttpMethod.Post, "/api/employees", EmployeeApiTests.Body())).Headers.Location!.ToString();
        async Task<(bool Allowed, bool Answered)> Ask(string function)
        {
            var answer = await (await _client.SendAsync(token, HttpMethod.Get, $"{path}/clearance?function={function}&at=2026-03-01T08:00:00Z")).JsonAsync();
            Assert.Equal("2026-03-01T08:00:00+00:00", answer.GetProperty("at").GetString());
            return (answer.GetProperty("allowed").GetBoolean(), answer.GetProperty("answered").GetBoolean());
        }

        Assert.Equal((true, true), await Ask("work"));
        Assert.Equal((false, true), await Ask("drive"));
        Assert.Equal((false, false), await Ask("zone:slow"));
    }

    [Theory]
    [InlineData("function=fly"), InlineData(""), InlineData("function=zone:"), InlineData("function=drive&at=tomorrow"), InlineData("function=drive&at=0001-01-01T00:00:00Z")]
    public async Task A_question_that_makes_no_sense_is_refused(string query) =>
        await (await _client.SendAsync(await fixture.Api.TokenAsync("clearances", ["Supervisor"]), HttpMethod.Get, $"/api/employees/{Guid.AllBitsSet}/clearance?{query}"))
            .RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);

    [Fact]
    public async Task A_batch_has_1_to_1000_questions()
    {
        var token = await fixture.Api.TokenAsync("clearances", ["Supervisor"]);
        foreach (var count in new[] { 0, 1_001 })
            await (await _client.SendAsync(token, HttpMethod.Post, "/api/clearances", new { questions = Enumerable.Repeat(new { employeeId = Guid.AllBitsSet, function = "work" }, count) }))
                .RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        var most = await _client.SendAsync(token, HttpMethod.Post, "/api/clearances", new { questions = Enumerable.Repeat(new { employeeId = Guid.AllBitsSet, function = "work" }, 1_000) });
        Assert.Equal(1_000, (await most.JsonAsync()).GetProperty("answers").GetArrayLength());
    }
}
