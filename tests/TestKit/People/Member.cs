using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace ComplianceGrid.TestKit.People;

/// <summary>A person with an account, as the outside knows one: chooses a password by the operator's secret and signs in by a passkey, all by HTTP.</summary>
/// <param name="api">The Api's address.</param>
/// <param name="key">Of the origin that the Api's passkeys are for; the member's from here on.</param>
public sealed class Member(HttpClient http, Uri api, string email, string password, SoftwareAuthenticator key) : IDisposable
{
    public string Password => password;

    private static readonly TimeSpan Left = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim _one = new(1);
    private string? _refresh, _access;
    private DateTimeOffset _good;

    /// <summary>Somebody new, whose password is set by what <c>./grid accounts add</c> printed.</summary>
    public static async Task<Member> JoinAsync(HttpClient http, Uri api, string email, string printed, CancellationToken ct)
    {
        var member = new Member(http, api, email, NewPassword(), new SoftwareAuthenticator(OriginOf(api)));
        await member.SetPasswordAsync(SecretOf(printed), ct);
        return member;
    }

    /// <summary>The last line of what <c>./grid accounts add</c> printed.</summary>
    private static string SecretOf(string printed) => printed.Trim().Split(' ')[^1];

    /// <summary>Of the Api's pages on this machine: browsers have passkeys for its name, and none for its address.</summary>
    public static string OriginOf(Uri api) => $"{api.Scheme}://localhost:{api.Port}";

    public static string NewPassword() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    /// <summary>Sets the password, once, by the secret that <c>accounts add</c> printed.</summary>
    public async Task SetPasswordAsync(string secret, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(api, "/api/auth/password/reset-confirm"), new { token = secret, password }, ct);
        await CheckAsync(answer, ct);
    }

    /// <summary>Signs in once more: an access token of a session of its own.</summary>
    public async Task<string> NewSessionAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            await SignInAsync(ct);
            return _access!;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>An access token that is good for two minutes or more; signs in when there is none, and refreshes it when it gets old.</summary>
    public async Task<string> TokenAsync(CancellationToken ct)
    {
        await _one.WaitAsync(ct);
        try
        {
            if (_access is not null && TimeProvider.System.GetUtcNow() + Left < _good) return _access;
            await (_refresh is null ? SignInAsync(ct) : TakeAsync("/api/auth/refresh", new { refresh_token = _refresh }, ct));
            return _access!;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        key.Dispose();
        _one.Dispose();
    }

    // In the first sign-in the passkey is made, which proves it; in all others it is asked for.
    private async Task SignInAsync(CancellationToken ct)
    {
        var begun = (await PostAsync("/api/auth/login", new { email, password }, ct)).GetProperty("temp_token").GetString()!;
        var ceremony = await PostAsync("/api/auth/passkeys/options", new { temp_token = begun }, ct);
        var options = ceremony.GetProperty("options");
        if (ceremony.GetProperty("ceremony").GetString() == "get")
        {
            await TakeAsync("/api/auth/mfa-challenge", new { temp_token = begun, passkey = key.Get(options) }, ct);
            return;
        }

        await PostAsync("/api/auth/passkeys", new { temp_token = begun, credential = key.Create(options) }, ct);
        await TakeAsync("/api/auth/mfa-challenge", new { temp_token = begun }, ct);
    }

    private async Task TakeAsync(string path, object body, CancellationToken ct)
    {
        var now = TimeProvider.System.GetUtcNow();
        var tokens = await PostAsync(path, body, ct);
        (_access, _refresh) = (tokens.GetProperty("access_token").GetString(), tokens.GetProperty("refresh_token").GetString());
        _good = now.AddSeconds(tokens.GetProperty("expires_in").GetInt32());
    }

    private async Task<JsonElement> PostAsync(string path, object body, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(api, path), body, ct);
        await CheckAsync(answer, ct);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
    }

    private static async Task CheckAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
    }
}
