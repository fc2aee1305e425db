using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ComplianceGrid.Cluster.Clients;
using ComplianceGrid.Cluster.Parking;
using ComplianceGrid.Cluster.Processes;
using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Cluster.Auditing.Endpoints;

/// <summary>A tenant with people, orders and a vendor's account, and requests in its name. Its names stand for the ids in the expectations.</summary>
internal sealed class AuditedTenant
{
    public const string Name = "audited";
    public const string Agent = "audited-client/1.0";
    public const string Leaving = "leaving", ThrownOut = "thrown-out", Changing = "changing", Asked = "factor-asked", Read = "factor-read", Withdrawn = "factor-withdrawn", Approved = "factor-approved";
    public const string Adding = "passkey-adding", Renaming = "passkey-renaming", Dropping = "passkey-dropping";
    public const string Service = "Service";
    private const string Account = "acct_audited";
    private static readonly string[] People = ["employee-read", "employee-updated", "employee-ended", "employee-waived", "employee-1", "employee-2"];
    private static readonly string[] Roles = ["TenantAdmin", "ComplianceManager", "Supervisor", "Adjudicator", "Auditor", "SecurityOfficer", "SystemAdmin", "Employee"];

    private readonly GridProcesses _grid;
    private readonly Dictionary<string, Guid> _ids = [];
    private readonly Dictionary<string, string> _tokens = [];

    private AuditedTenant(GridProcesses grid) => _grid = grid;

    public string Connection { get; private set; } = "";

    /// <summary>Of <see cref="Changing"/>.</summary>
    public string Password { get; private set; } = "";

    private Newcomers? _newcomers;

    /// <summary>That <see cref="Adding"/> has made, and not sent yet.</summary>
    public object NewPasskey { get; private set; } = "";

    public string FactorReset(string lost) => $"/api/auth/users/{Claim(lost, "sub")}/factor-reset";

    /// <summary>The vendor's report ids by the order's name.</summary>
    public Dictionary<string, string> Reports { get; } = [];

    /// <summary>What differs from run to run, and the name that stands for it.</summary>
    public IEnumerable<(string Value, string Name)> Names =>
        [.. _ids.Select(id => (id.Value.ToString("D"), id.Key)), .. Reports.Select(report => (report.Value, "report-of-" + report.Key)),
         .. _tokens.Keys.Select(who => (Claim(who, "sub"), who)), .. _newcomers!.Names, (Connection, "connection")];

    public Guid Id(string name)
    {
        if (!_ids.TryGetValue(name, out var id)) _ids[name] = id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        return id;
    }

    public static async Task<AuditedTenant> CreateAsync(GridProcesses grid, Func<Task> untilQuiet, CancellationToken ct)
    {
        var tenant = new AuditedTenant(grid);
        // Beside the roles those to whom something happens: one signs out, one is thrown out, one changes the password, others have lost a second factor, and some have a second passkey.
        string[] people = [.. Roles, Leaving, ThrownOut, Changing, Asked, Read, Withdrawn, Approved, Adding, Renaming, Dropping];
        using var http = new HttpClient();
        var members = await ApiClient.JoinAllAsync(http, grid, [.. people.Select(who => (Name, Roles.Contains(who) ? who : "Supervisor"))], ct);
        foreach (var (who, member) in people.Zip(members))
        {
            tenant._tokens[who] = await member.TokenAsync(ct);
            if (who == Changing) tenant.Password = member.Password;
            member.Dispose();
        }

        tenant._tokens[Service] = await ApiClient.ServiceTokenAsync(grid, Name, ct);
        foreach (var lost in new[] { Read, Withdrawn, Approved }) await tenant.SendAsync(tenant.As("SecurityOfficer", HttpMethod.Post, tenant.FactorReset(lost)), first: false, ct);

        tenant.NewPasskey = await tenant.MakePasskeyAsync(Adding, ct);
        foreach (var (who, passkey) in new[] { (Renaming, "passkey-renamed"), (Dropping, "passkey-removed") })
            tenant._ids[passkey] = (await AnswerAsync(tenant.As(who, HttpMethod.Post, "/api/auth/passkeys/own", await tenant.MakePasskeyAsync(who, ct)), ct)).GetProperty("id").GetGuid();

        foreach (var key in new[] { "key-read", "key-rotated", "key-revoked" }) await tenant.MakeKeyAsync(key, ct);

        tenant.Connection = await grid.ConnectVendorAsync(Name, Account);
        await tenant.SendAsync(tenant.As("TenantAdmin", HttpMethod.Put, "/api/policies", Policy("the company handbook")), first: true, ct);
        foreach (var person in People) await tenant.SendAsync(tenant.As("TenantAdmin", HttpMethod.Post, "/api/employees", tenant.Hire(person)), first: false, ct);
        foreach (var n in new[] { 1, 2 }) await tenant.SendAsync(tenant.As("ComplianceManager", HttpMethod.Post, "/api/orders", tenant.Order($"order-{n}", $"employee-{n}")), first: false, ct);
        await tenant.SendAsync(tenant.As(Service, HttpMethod.Post, "/audit/log", tenant.Entry("entry-there")), first: false, ct);
        await tenant.SendAsync(tenant.As("SecurityOfficer", HttpMethod.Post, "/audit/checkpoint"), first: false, ct);
        await ParkedRow.InsertAsync(await grid.SuperuserAsync("grid"), tenant.Id("event-parked"), "evt_parked", Name, tenant.Id("employee-read"), ct);
        await untilQuiet();

        using var sandbox = new SandboxClient(grid.Sandbox);
        var invitations = await sandbox.InvitationsAsync(ct);
        foreach (var n in new[] { 1, 2 })
        {
            var report = await sandbox.CompleteInvitationAsync(invitations[Email($"employee-{n}")], ct);
            await sandbox.ChangeReportAsync(report, new("complete", "clear"), ct);
            tenant.Reports[$"order-{n}"] = report;
        }

        tenant._newcomers = await Newcomers.CreateAsync(grid, ct);
        return tenant;
    }

    public static object Policy(string handbook) => new
    {
        defaultTimeZone = "America/Chicago",
        sites = new[] { new { code = "dallas", name = "Dallas", timeZone = "America/Chicago" } },
        requirements = new object[]
        {
            new { code = "background-check", title = "background check", item = "background-check", gate = "beforeWork", audience = "background" },
            new { code = "handbook", title = handbook, item = "handbook", gate = "byDate", dueDaysAfterHire = 3650, waivable = true },
        },
    };

    public static JsonObject Profile(string person, string familyName = "Family") => new()
    {
        ["employeeNumber"] = person,
        ["givenName"] = "Given",
        ["familyName"] = familyName,
        ["email"] = Email(person),
        ["site"] = "dallas",
        ["roles"] = new JsonArray("driver"),
        ["hiredOn"] = "2026-11-01",
    };

    public JsonObject Hire(string person)
    {
        var profile = Profile(person);
        profile["id"] = Id(person);
        return profile;
    }

    public object Order(string order, string person) =>
        new { id = Id(order), employeeId = Id(person), vendor = "checkr", product = "driver_pro", item = "background-check", serviceDays = 30 };

    public static object ApiKey() => new { name = "an integration", permissions = new[] { "employees:read" } };

    /// <summary>What a person's token says of them: <c>sub</c>, the account, or <c>sid</c>, the session.</summary>
    public string Claim(string who, string claim) =>
        JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(_tokens[who].Split('.')[1])).RootElement.GetProperty(claim).GetString()!;

    /// <summary>Another service's entry, with personal detail.</summary>
    public object Entry(string entry) => new
    {
        id = Id(entry),
        timestamp = "2026-11-02T08:00:00Z",
        userId = "sender-of-" + entry,
        userRole = "BadgeOffice",
        action = "UPDATE",
        resource = "badges",
        resourceId = "badge-7",
        details = new { fields = 1 },
        personId = Id("employee-read"),
        before = new { badge = "old" },
        after = new { badge = "new" },
        result = "SUCCESS",
        durationMs = 3,
    };

    public HttpRequestMessage As(string role, HttpMethod method, string path, object? body = null) => Request(_grid.Api, method, path, body, _tokens[role]);

    /// <summary>A step of signing in, which takes no token.</summary>
    public HttpRequestMessage SigningIn(string step) => Request(_grid.Api, HttpMethod.Post, $"/api/auth/{step}", _newcomers!.Body(step), null);

    public HttpRequestMessage ByAnyone(HttpMethod method, string path) => Request(_grid.Gateway, method, path, null, null);

    /// <summary>To the gateway with a service token, whose request id is the request's own.</summary>
    public HttpRequestMessage AsSilo(string permission, HttpMethod method, string path, object? body = null)
    {
        var request = Request(_grid.GatewayWire, method, path, body, null);
        request.Headers.Authorization = new("Bearer", ServiceToken.Of(_grid, Name, permission, RequestId(request)));
        return request;
    }

    /// <summary>The same request by somebody who is known and may not. Null: it needs no token.</summary>
    public HttpRequestMessage? Unprivileged(HttpRequestMessage request)
    {
        if (request.Headers.Authorization is null) return null;
        var same = Request(request.RequestUri!, request.Method, request.RequestUri!.PathAndQuery, new { }, _tokens["Employee"]);
        if (request.RequestUri.Port == _grid.GatewayWire.Port) same.Headers.Authorization = new("Bearer", ServiceToken.Of(_grid, Name, "nothing", RequestId(same)));
        return same;
    }

    public HttpRequestMessage Webhook(string path, string eventId, string report)
    {
        var body = JsonSerializer.Serialize(new
        {
            id = eventId,
            @object = "event",
            type = "report.completed",
            created_at = "2026-11-23T10:00:00Z",
            account_id = Account,
            data = new { @object = new { id = report, @object = "report", uri = "/v1/reports/" + report } },
        });
        var request = ByAnyone(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var key = Encoding.UTF8.GetBytes(_grid.Configured("sandbox", "Checkr", "ApiKey"));
        request.Headers.Add("X-Checkr-Signature", Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(body))));
        return request;
    }

    /// <summary>The trace id, which all entries of the request and of what it sets going carry.</summary>
    public static string RequestId(HttpRequestMessage request) => request.Headers.GetValues("traceparent").Single().Split('-')[1];

    private static string Email(string person) => $"{person}@{Workforce.EmailDomain}";

    private async Task SendAsync(HttpRequestMessage request, bool first, CancellationToken ct)
    {
        if (first) request.Headers.IfNoneMatch.Add(System.Net.Http.Headers.EntityTagHeaderValue.Any);
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(ct));
    }

    private async Task MakeKeyAsync(string name, CancellationToken ct) =>
        _ids[name] = (await AnswerAsync(As("ComplianceManager", HttpMethod.Post, "/api/auth/api-keys", ApiKey()), ct)).GetProperty("id").GetGuid();

    private async Task<object> MakePasskeyAsync(string who, CancellationToken ct)
    {
        var asked = await AnswerAsync(As(who, HttpMethod.Post, "/api/auth/passkeys/own/options"), ct);
        using var key = new SoftwareAuthenticator(Member.OriginOf(_grid.Api));
        return new { token = asked.GetProperty("token").GetString(), name = "a second one", credential = key.Create(asked.GetProperty("options")) };
    }

    private static async Task<JsonElement> AnswerAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var http = new HttpClient();
        using var response = await http.SendAsync(request, ct);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(ct));
        return await response.Content.ReadFromJsonAsync<JsonElement>(ct);
    }

    private static HttpRequestMessage Request(Uri host, HttpMethod method, string path, object? body, string? token)
    {
        var request = new HttpRequestMessage(method, new Uri(host, path)) { Content = body is null || method == HttpMethod.Get ? null : JsonContent.Create(body) };
        request.Headers.UserAgent.ParseAdd(Agent);
        request.Headers.Add("traceparent", $"00-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}-00");
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        return request;
    }
}
