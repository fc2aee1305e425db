using System.Net.Http.Json;
using System.Text.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;
using ComplianceGrid.TestKit;
using ComplianceGrid.TestKit.People;

namespace ComplianceGrid.Api.Tests.Documentation;

/// <summary>Signing in, held against what the document says of it: the authorization server writes its answers itself, so nothing else compares the two.</summary>
[Collection(ApiCollection.Name)]
public sealed class SignInDocumentTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private static readonly JsonElement Document = JsonElement.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "docs", "api", "api.json")));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_request_and_each_answer_has_the_members_that_the_document_says()
    {
        var (person, secret) = await Person.InvitedAsync(grid, "steps@document.example", "document-one");
        await Person.InvitedAsync(grid, person.Email, "document-two", "Supervisor");
        await CallAsync("password/reset-request", new { email = person.Email }, 202);
        await CallAsync("password/reset-confirm", new { token = "no", password = Person.Password }, 401);
        await CallAsync("password/reset-confirm", new { token = secret, password = Person.Password }, 204);
        await CallAsync("login", new { email = person.Email, password = "not it" }, 401);
        var begun = Text(await CallAsync("login", new { email = person.Email, password = Person.Password }, 200), "temp_token");
        await CallAsync("mfa/telephone", new { temp_token = begun, number = "+12025550123" }, 403); // none are sent here: SmsTests
        await CallAsync("mfa/sms", new { temp_token = begun }, 403);
        person.UseApp(Text(await CallAsync("mfa/enroll", new { temp_token = begun }, 200), "secret"));
        await CallAsync("mfa/verify", new { temp_token = begun, code = "000000" }, 422);
        await CallAsync("mfa/verify", new { temp_token = begun, code = person.Code(0) }, 200);
        await CallAsync("mfa-challenge", new { temp_token = begun }, 422); // which tenant?
        var tokens = await CallAsync("mfa-challenge", new { temp_token = begun, tenant = "document-one" }, 200);
        await CallAsync("mfa-challenge", new { temp_token = begun, method = "totp", mfa_code = "000000", tenant = "document-one" }, 401);
        tokens = await CallAsync("refresh", new { refresh_token = Text(tokens, "refresh_token") }, 200);
        await CallAsync("tenant", new { refresh_token = Text(tokens, "refresh_token"), tenant = "document-none" }, 422);
        await CallAsync("tenant", new { refresh_token = Text(tokens, "refresh_token"), tenant = "document-two" }, 200);
        await CallAsync("refresh", new { refresh_token = Text(tokens, "refresh_token") }, 401);

        var (keyed, other) = await Person.InvitedAsync(grid, "keys@document.example", "document-one", "Auditor");
        await keyed.SetPasswordAsync(other, Person.Password);
        using var key = new SoftwareAuthenticator("http://localhost:5080");
        begun = await keyed.BeginAsync();
        var options = await CallAsync("passkeys/options", new { temp_token = begun }, 200);
        await CallAsync("passkeys", new { temp_token = begun, credential = key.Create(options.GetProperty("options")) }, 200);
        await CallAsync("mfa-challenge", new { temp_token = begun }, 200);
        begun = await keyed.BeginAsync();
        options = await CallAsync("passkeys/options", new { temp_token = begun }, 200);
        await CallAsync("mfa-challenge", new { temp_token = begun, passkey = key.Get(options.GetProperty("options")) }, 200);
    }

    private async Task<JsonElement> CallAsync(string path, object body, int status)
    {
        var operation = Document.GetProperty("paths").GetProperty($"/api/auth/{path}").GetProperty("post");
        Check($"{path}: request", JsonSerializer.SerializeToElement(body), SchemaOf(operation.GetProperty("requestBody").GetProperty("content").GetProperty("application/json")));
        var answer = await grid.Api.Client.PostAsJsonAsync($"/api/auth/{path}", body, Ct);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(status == (int)answer.StatusCode, $"{path}: {answer.StatusCode} {text}");
        Assert.True(operation.GetProperty("responses").TryGetProperty($"{status}", out var documented), $"{path}: the document knows no {status}");
        if (!documented.TryGetProperty("content", out var contents))
        {
            Assert.Empty(text);
            return default;
        }

        var json = JsonElement.Parse(text);
        if (status < 400) Check($"{path}: answer", json, SchemaOf(contents.GetProperty("application/json")));
        else Assert.Contains(json.GetProperty("code").GetString()!, documented.GetProperty("description").GetString());
        return json;
    }

    private static JsonElement SchemaOf(JsonElement content) =>
        Document.GetProperty("components").GetProperty("schemas").GetProperty(content.GetProperty("schema").GetProperty("$ref").GetString()!.Split('/')[^1]);

    private static void Check(string what, JsonElement json, JsonElement schema)
    {
        var members = json.EnumerateObject().Select(member => member.Name).ToArray();
        Assert.True(members.All(member => schema.GetProperty("properties").TryGetProperty(member, out _)), $"{what} has {string.Join(", ", members)}");
        if (!schema.TryGetProperty("required", out var required)) return;
        foreach (var name in required.EnumerateArray().Select(name => name.GetString()!)) Assert.True(members.Contains(name), $"{what} has no {name}");
    }

    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;
}
