using System.Net;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;

namespace ComplianceGrid.Api.Tests.Identity.Accounts;

/// <summary><c>accounts reset-factors</c>: for whom no tenant alone may help; two operators, on record in each tenant before it is done.</summary>
[Collection(ApiCollection.Name)]
public sealed class ResetFactorsTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    [Fact]
    public async Task A_member_of_two_tenants_is_let_in_anew_and_nothing_of_before_gets_in()
    {
        var person = await Person.EnrolledAsync(grid, "both@stuck.example", "stuck-one");
        await Person.InvitedAsync(grid, person.Email, "stuck-two");
        var before = await person.SignInAsync("stuck-one");
        var bystander = await Person.EnrolledAsync(grid, "bystander@stuck.example", "stuck-one");

        var (code, printed, error) = await RunAsync("--email", "Both@stuck.example", "--approved-by", "kim.lee, ana");
        Assert.True(code == 0, error);
        Assert.Contains($"account {person.Account}", printed, StringComparison.Ordinal);
        await (await person.LoginAsync()).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await person.RefreshAsync(before.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
        foreach (var tenant in new[] { "stuck-one", "stuck-two" })
        {
            var auditor = await grid.Api.TokenAsync(tenant, ["Auditor"]);
            var log = await (await grid.Api.Client.SendAsync(auditor, HttpMethod.Get, "/audit/logs?query=action:DELETE resource:factors")).JsonAsync();
            var entry = Assert.Single(log.GetProperty("items").EnumerateArray());
            Assert.StartsWith("operator:", entry.GetProperty("userId").GetString(), StringComparison.Ordinal);
            Assert.Equal(person.Account, entry.GetProperty("resourceId").GetGuid());
            Assert.Equal(["kim.lee", "ana"], entry.GetProperty("details").GetProperty("approvedBy").EnumerateArray().Select(name => name.GetString()!));
        }

        var secret = printed.Trim().Split(' ')[^1];
        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, "copper lantern drifts past noon")).StatusCode);
        await person.EnrollAsync(await person.BeginAsync());
        Assert.Equal("stuck-two", (await person.SignInAsync("stuck-two")).Claims.GetProperty("tenant").GetString());
        await bystander.SignInAsync(); // as ever
    }

    [Theory]
    [InlineData("--email", "held@stuck.example", "--approved-by", "kim")]
    [InlineData("--email", "held@stuck.example", "--approved-by", "kim,KIM")]
    [InlineData("--email", "held@stuck.example", "--approved-by", "kim,")]
    [InlineData("--email", "held@stuck.example", "--approved-by", "kim,not a name")]
    [InlineData("--email", "held@stuck.example")]
    [InlineData("--approved-by", "kim,ana")]
    [InlineData("--email", "nobody@stuck.example", "--approved-by", "kim,ana")]
    public async Task Without_two_names_and_an_account_nothing_is_done(params string[] args)
    {
        var tenant = $"stuck-held-{args.Length}-{string.Concat(args).Length}";
        var person = await Person.EnrolledAsync(grid, $"{tenant}@stuck.example", tenant);
        var (code, printed, error) = await RunAsync([.. args.Select(arg => arg == "held@stuck.example" ? person.Email : arg)]);
        Assert.Equal((2, ""), (code, printed));
        Assert.NotEmpty(error);
        await person.SignInAsync();
        Assert.Equal(0, await grid.Api.CountAsync(tenant, "DELETE"));
    }

    private async Task<(int Code, string Printed, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] options = [.. grid.Settings().Select(setting => $"--{setting.Key}={setting.Value}"), "--environment=Development"];
        return (await AccountsCommand.RunAsync(["reset-factors", .. args], output, error, options), output.ToString(), error.ToString());
    }
}
