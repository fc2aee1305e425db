using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.Identity.Pages;

/// <summary>A client as an application is one: it sends browsers away, gets a code back, and redeems it.</summary>
internal sealed class App(HttpClient client, string id)
{
    public const string Back = "https://app.example/back";
    public const string After = "https://app.example/bye";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    public static async Task<App> AddAsync(RealGridFixture grid, string id, string trust = "own")
    {
        Assert.Equal(0, await AddAsync(grid, ["add", "--id", id, "--name", "An <App> & co", "--redirect", Back, "--post-logout", After, "--trust", trust]));
        return new(grid.Api.Client, id);
    }

    public static async Task<int> AddAsync(RealGridFixture grid, string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return await ClientsCommand.RunAsync(args, output, error, [.. grid.Settings().Select(setting => $"--{setting.Key}={setting.Value}"), "--environment=Development"]);
    }

    /// <param name="changes">Parameters in place of the usual ones; without a value they are left out.</param>
    public string Authorize(params (string Name, string? Value)[] changes)
    {
        var challenge = Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = id,
            ["response_type"] = "code",
            ["redirect_uri"] = Back,
            ["scope"] = "openid profile email offline_access",
            ["state"] = "s t&a=te",
            ["nonce"] = "n-1",
            ["code_challenge"] = challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes) parameters[name] = value;
        return "/connect/authorize?" + string.Join('&', parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value!)}"));
    }

    public Task<HttpResponseMessage> RedeemAsync(string code, string verifier = Verifier) => TokenAsync(
        ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Back), ("code_verifier", verifier));

    public Task<HttpResponseMessage> RefreshAsync(string token) => TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token));

    private async Task<HttpResponseMessage> TokenAsync(params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), KeyValuePair.Create("client_id", id)]);
        return await client.PostAsync("/connect/token", form);
    }
}
