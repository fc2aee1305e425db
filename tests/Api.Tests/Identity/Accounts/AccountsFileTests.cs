using System.Net;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;

namespace ComplianceGrid.Api.Tests.Identity.Accounts;

/// <summary><c>accounts add --file</c>: all lines, or a clear word and none.</summary>
[Collection(ApiCollection.Name)]
public sealed class AccountsFileTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_line_is_a_member_with_a_secret_of_their_own_and_nobody_is_made_twice()
    {
        string[] lines = ["Roles, Email ,tenant,name", "\"Supervisor,Auditor\",ann@file.example,file,Ann", "ComplianceManager,ben+2@file.example,file,"];
        var (code, printed, error) = await AddAsync(lines);
        Assert.True(code == 0, error);
        Assert.Equal("email,account,secret", printed[0]);
        Assert.Equal(3, printed.Length);
        Assert.StartsWith("ann@file.example,", printed[1], StringComparison.Ordinal);
        Assert.StartsWith("ben+2@file.example,", printed[2], StringComparison.Ordinal);

        var (again, second, _) = await AddAsync(lines);
        Assert.Equal(0, again);
        Assert.Equal(printed.Select(Account), second.Select(Account));
        var ann = new Person(grid.Api.Client, "ann@file.example", Guid.Parse(Account(second[1])));
        Assert.Equal(HttpStatusCode.NoContent, (await ann.SetPasswordAsync(second[1].Split(',')[^1], Person.Password)).StatusCode);
        Assert.Equal(2, await grid.Api.CountAsync("file", "user_created"));
    }

    [Theory]
    [InlineData("email,tenant,roles", "good@file.example,refused,Supervisor", "bad@file.example,refused,Emperor")]
    [InlineData("email,tenant,roles", "good@file.example,refused,Supervisor", "bad@file.example,refused")]
    [InlineData("email,tenant,roles", "good@file.example,refused,Supervisor", "bad@file.example,refused,Service")]
    [InlineData("email,tenant,roles", "good@file.example,refused,Supervisor", "\"b,d@file.example\",refused,Supervisor")]
    [InlineData("email,tenant,roles,employee", "good@file.example,refused,Supervisor,", "bad@file.example,refused,Employee,7")]
    [InlineData("email,roles", "good@file.example,Supervisor", "bad@file.example,Supervisor")]
    [InlineData("email,tenant,roles", "good@file.example,refused,Supervisor", "bad@file.example,refused,\"Supervisor")]
    public async Task A_line_that_is_not_understood_is_named_and_nothing_is_done(params string[] lines)
    {
        var (code, printed, error) = await AddAsync(lines);
        Assert.Equal(2, code);
        Assert.Empty(printed);
        Assert.Contains("Line ", error, StringComparison.Ordinal);
        Assert.Equal(0, await grid.Api.CountAsync("refused", "user_created"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_is_endless_is_refused()
    {
        Assert.Contains("no file", (await RunAsync("/nowhere.csv")).Error, StringComparison.Ordinal);
        var (code, _, error) = await AddAsync(["email,tenant,roles", .. Enumerable.Range(0, 1_001).Select(n => $"p{n}@file.example,refused,Supervisor")]);
        Assert.Equal(2, code);
        Assert.Contains("1000", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_away_is_said_to_be()
    {
        var (code, printed, error) = await AddAsync(["email,tenant,roles", "good@file.example,refused,Supervisor"], ("ConnectionStrings:Grid", "Host=127.0.0.1;Port=1;Database=grid"));
        Assert.Equal((2, "Failed to connect to 127.0.0.1:1"), (code, error.Trim()));
        Assert.Equal(["email,account,secret"], printed); // and nobody
    }

    private static string Account(string line) => line.Split(',')[^2];

    private async Task<(int Code, string[] Printed, string Error)> AddAsync(string[] lines, params (string Key, string Value)[] settings)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, lines, Ct);
            return await RunAsync(file, settings);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<(int Code, string[] Printed, string Error)> RunAsync(string file, params (string Key, string Value)[] settings)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] options = [.. grid.Settings().Select(setting => $"--{setting.Key}={setting.Value}"), "--environment=Development", .. settings.Select(setting => $"--{setting.Key}={setting.Value}")];
        var code = await AccountsCommand.RunAsync(["add", "--file", file], output, error, options);
        return (code, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), error.ToString());
    }
}
