using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Cluster.Auditing.Endpoints;

/// <summary>People of the audited tenant who have no token yet, each before one step of signing in, with what that step is asked with.</summary>
internal sealed class Newcomers
{
    private const string Elsewhere = AuditedTenant.Name + "-elsewhere";
    private static readonly string[] People =
        ["invited", "begins", "offered-app", "asks-options", "no-telephone", "enrolls-app", "enrolls-passkey", "enters", "renews", "goes-elsewhere"];

    private readonly Dictionary<string, string> _accounts = [];
    private readonly Dictionary<string, (string Email, string Secret)> _invited = [];
    private readonly Dictionary<string, Func<object>> _bodies = [];
    private readonly GridProcesses _grid;
    private readonly HttpClient _http;

    private Newcomers(GridProcesses grid, HttpClient http) => (_grid, _http) = (grid, http);

    /// <summary>Their accounts, and the names that stand for them.</summary>
    public IEnumerable<(string Value, string Name)> Names => _accounts.Select(account => (account.Value, account.Key));

    /// <param name="step">The address below <c>/api/auth/</c>.</param>
    public object Body(string step) => _bodies[step]();

    /// <summary>What they hold is good for five minutes.</summary>
    public static async Task<Newcomers> CreateAsync(GridProcesses grid, CancellationToken ct)
    {
        using var http = new HttpClient();
        var all = new Newcomers(grid, http);

        await all.InviteAsync(ct);
        var (email, secret) = all._invited["invited"];
        all.Give("password/reset-confirm", new { token = secret, password = Member.NewPassword() });
        all.Give("password/reset-request", new { email });

        all.Give("login", await all.JoinAsync("begins", ct));
        all.Give("mfa/enroll", new { temp_token = await all.BeginAsync("offered-app", ct) });
        all.Give("passkeys/options", new { temp_token = await all.BeginAsync("asks-options", ct) });
        var begun = await all.BeginAsync("no-telephone", ct);
        all.Give("mfa/telephone", new { temp_token = begun, number = "+12025550123" });
        all.Give("mfa/sms", new { temp_token = begun });

        var verifying = await all.BeginAsync("enrolls-app", ct);
        var app = new AuthenticatorApp((await all.PostAsync("mfa/enroll", new { temp_token = verifying }, ct)).GetProperty("secret").GetString()!);
        all._bodies["mfa/verify"] = () => new { temp_token = verifying, code = app.Code() };

        var enrolling = await all.BeginAsync("enrolls-passkey", ct);
        all.Give("passkeys", await all.MadeAsync(enrolling, ct));
        all.Give("mfa-challenge", new { temp_token = await all.EnrolledAsync("enters", ct) });
        all.Give("refresh", new { refresh_token = await all.SignedInAsync("renews", ct) });
        all.Give("tenant", new { refresh_token = await all.SignedInAsync("goes-elsewhere", ct), tenant = Elsewhere });
        return all;
    }

    private void Give(string step, object body) => _bodies[step] = () => body;

    // In one run of the program: what it takes to start would eat up the time for which secrets are good. Who is twice in the file holds the later secret.
    private async Task InviteAsync(CancellationToken ct)
    {
        var run = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()).ToString("N");
        var file = Path.Combine(_grid.State, $"newcomers-{run}.csv");
        await File.WriteAllLinesAsync(file, ["email,tenant,roles", .. People.Select(who => $"{EmailOf(who)},{AuditedTenant.Name},Supervisor"), $"{EmailOf("goes-elsewhere")},{Elsewhere},Supervisor"], ct);
        var printed = (await _grid.RunAsync("accounts", "add", "--file", file)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var line in printed.Skip(1).Select(line => line.Split(',')))
        {
            var who = line[0][..line[0].IndexOf('.', StringComparison.Ordinal)];
            (_accounts[who], _invited[who]) = (line[1], (line[0], line[2]));
        }

        string EmailOf(string who) => $"{who}.{run}@{AuditedTenant.Name}.example";
    }

    /// <returns>What they sign in with.</returns>
    private async Task<object> JoinAsync(string who, CancellationToken ct)
    {
        var (email, secret) = _invited[who];
        var password = Member.NewPassword();
        await PostAsync("password/reset-confirm", new { token = secret, password }, ct);
        return new { email, password };
    }

    /// <returns>The temporary token of a first half.</returns>
    private async Task<string> BeginAsync(string who, CancellationToken ct) =>
        (await PostAsync("login", await JoinAsync(who, ct), ct)).GetProperty("temp_token").GetString()!;

    private async Task<object> MadeAsync(string begun, CancellationToken ct)
    {
        using var key = new SoftwareAuthenticator(Member.OriginOf(_grid.Api));
        return new { temp_token = begun, credential = key.Create((await PostAsync("passkeys/options", new { temp_token = begun }, ct)).GetProperty("options")) };
    }

    private async Task<string> EnrolledAsync(string who, CancellationToken ct)
    {
        var begun = await BeginAsync(who, ct);
        await PostAsync("passkeys", await MadeAsync(begun, ct), ct);
        return begun;
    }

    /// <returns>A refresh token.</returns>
    private async Task<string> SignedInAsync(string who, CancellationToken ct) =>
        (await PostAsync("mfa-challenge", new { temp_token = await EnrolledAsync(who, ct), tenant = AuditedTenant.Name }, ct)).GetProperty("refresh_token").GetString()!;

    private async Task<JsonElement> PostAsync(string step, object body, CancellationToken ct)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(_grid.Api, $"/api/auth/{step}"), body, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        Assert.True(answer.IsSuccessStatusCode, $"{step}: {(int)answer.StatusCode} {text}");
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
