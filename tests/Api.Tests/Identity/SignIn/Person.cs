using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>A person who gets an account from the operator, and signs in as people do: by HTTP, with an authenticator app of their own.</summary>
internal sealed class Person(HttpClient client, string email, Guid account)
{
    public const string Password = "violet tractor hums at dawn";

    private AuthenticatorApp? _app;

    public Guid Account => account;
    public string Email => email;
    public string Chosen { get; private set; } = Password;
    public string[] RecoveryCodes { get; private set; } = [];

    /// <summary>An account without a password, and the secret by which it gets one.</summary>
    public static async Task<(Person Person, string Secret)> InvitedAsync(RealGridFixture grid, string email, string tenant, string roles = "Supervisor")
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] options = [.. grid.Settings().Select(setting => $"--{setting.Key}={setting.Value}"), "--environment=Development"];
        var code = await AccountsCommand.RunAsync(["add", "--email", email, "--tenant", tenant, "--roles", roles], output, error, options);
        Assert.True(code == 0, error.ToString());
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return (new(grid.Api.Client, email, Guid.Parse(lines[^2].Split(' ')[^1])), lines[^1].Split(' ')[^1].Trim());
    }

    /// <summary>With a password and an authenticator app.</summary>
    public static async Task<Person> EnrolledAsync(RealGridFixture grid, string email, string tenant, string roles = "Supervisor")
    {
        var (person, secret) = await InvitedAsync(grid, email, tenant, roles);
        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, Password)).StatusCode);
        await person.EnrollAsync(await person.BeginAsync());
        return person;
    }

    public async Task<HttpResponseMessage> SetPasswordAsync(string secret, string password)
    {
        var answer = await PostAsync("/api/auth/password/reset-confirm", new { token = secret, password });
        if (answer.IsSuccessStatusCode) Chosen = password;
        return answer;
    }

    public Task<HttpResponseMessage> LoginAsync(string? password = null) => PostAsync("/api/auth/login", new { email, password = password ?? Chosen });

    /// <summary>The temporary token of a first half that went well.</summary>
    public async Task<string> BeginAsync()
    {
        var answer = await LoginAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.JsonAsync()).GetProperty("temp_token").GetString()!;
    }

    public async Task EnrollAsync(string tempToken)
    {
        var offered = await (await PostAsync("/api/auth/mfa/enroll", new { temp_token = tempToken })).JsonAsync();
        UseApp(offered.GetProperty("secret").GetString()!);
        var confirmed = await PostAsync("/api/auth/mfa/verify", new { temp_token = tempToken, code = Code(0) });
        Assert.True(confirmed.StatusCode == HttpStatusCode.OK, await confirmed.Content.ReadAsStringAsync());
        RecoveryCodes = [.. (await confirmed.JsonAsync()).GetProperty("recovery_codes").EnumerateArray().Select(code => code.GetString()!)];
    }

    /// <summary>Types the secret into the app.</summary>
    public void UseApp(string spelled) => _app = new(spelled);

    /// <summary>One that was not used yet.</summary>
    public string NextRecoveryCode()
    {
        var code = RecoveryCodes[0];
        RecoveryCodes = RecoveryCodes[1..];
        return code;
    }

    public Task<HttpResponseMessage> ChallengeAsync(string tempToken, string? code = null, string? method = null, string? tenant = null)
    {
        var body = new Dictionary<string, string> { ["temp_token"] = tempToken };
        if (code is not null) body["mfa_code"] = code;
        if (method is not null) body["method"] = method;
        if (tenant is not null) body["tenant"] = tenant;
        return PostAsync("/api/auth/mfa-challenge", body);
    }

    /// <summary>The options of the passkey's ceremony that is next.</summary>
    public async Task<JsonElement> OptionsAsync(string tempToken, string ceremony)
    {
        var answer = await PostAsync("/api/auth/passkeys/options", new { temp_token = tempToken });
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var json = await answer.JsonAsync();
        Assert.Equal(ceremony, json.GetProperty("ceremony").GetString());
        return json.GetProperty("options");
    }

    public Task<HttpResponseMessage> AddPasskeyAsync(string tempToken, JsonElement credential) => PostAsync("/api/auth/passkeys", new { temp_token = tempToken, credential });

    public Task<HttpResponseMessage> AssertAsync(string tempToken, JsonElement passkey, string? tenant = null) =>
        PostAsync("/api/auth/mfa-challenge", tenant is null ? new { temp_token = tempToken, passkey } : new { temp_token = tempToken, passkey, tenant });

    public Task<HttpResponseMessage> RefreshAsync(string refreshToken) => PostAsync("/api/auth/refresh", new { refresh_token = refreshToken });

    /// <summary>A whole sign-in, by a recovery code: a code of the app can be had every 30 seconds only.</summary>
    public async Task<Tokens> SignInAsync(string? tenant = null) =>
        await Tokens.OfAsync(await ChallengeAsync(await BeginAsync(), NextRecoveryCode(), "recovery_code", tenant));

    /// <param name="ahead">Steps of 30 seconds from now.</param>
    public string Code(int ahead) => _app!.Code(ahead);

    private Task<HttpResponseMessage> PostAsync(string path, object body) => client.PostAsJsonAsync(path, body);
}

internal sealed record Tokens(string Access, string Refresh, JsonElement Claims)
{
    public static async Task<Tokens> OfAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {text}");
        var json = JsonDocument.Parse(text).RootElement;
        var access = json.GetProperty("access_token").GetString()!;
        var claims = access.Split('.')[1].Replace('-', '+').Replace('_', '/');
        return new(access, json.GetProperty("refresh_token").GetString()!,
            JsonDocument.Parse(Convert.FromBase64String(claims.PadRight((claims.Length + 3) / 4 * 4, '='))).RootElement);
    }

    public Guid Session => Claims.GetProperty("sid").GetGuid();
}
