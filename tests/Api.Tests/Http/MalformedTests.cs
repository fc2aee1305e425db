using System.Net;
using System.Text;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Tests.Hosting;
using CsCheck;

namespace ComplianceGrid.Api.Tests.Http;

/// <summary>Random bytes, cut and bent JSON, deep nesting, huge numbers, bad UTF-8: never a 5xx, never a word from the inside.</summary>
[Collection(ApiCollection.Name)]
public sealed class MalformedTests(ApiFixture fixture)
{
    private const int Each = 1_000;

    public static TheoryData<string, string, string> Endpoints => new()
    {
        { "POST", "/api/employees", "hireEmployee" },
        { "PUT", $"/api/employees/{Guid.AllBitsSet}", "updateEmployee" },
        { "POST", $"/api/employees/{Guid.AllBitsSet}/waivers", "waiveRequirement" },
        { "POST", "/api/clearances", "askClearances" },
        { "PUT", "/api/policies", "publishPolicy" },
        { "POST", "/api/orders", "placeOrder" },
        { "POST", "/audit/log/batch", "logEntries" },
    };

    [Theory, MemberData(nameof(Endpoints))]
    public async Task A_malformed_body_is_the_callers_fault(string method, string path, string operation)
    {
        var token = await fixture.Api.TokenAsync("malformed", [path.StartsWith("/audit", StringComparison.Ordinal) ? "Service" : "ComplianceManager"]);
        var sound = Encoding.UTF8.GetBytes(OperationText.Of(operation).Request!.ToJsonString());
        await Bodies(sound).SampleAsync(async body =>
        {
            var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
            await CheckAsync(await fixture.Api.Client.SendAsync(token, new HttpMethod(method), path, content, ifMatch: "\"1-0\""));
        }, iter: Each, threads: 1);
    }

    [Theory, InlineData("/api/auth/mfa-challenge"), InlineData("/api/auth/refresh"), InlineData("/api/auth/tenant")]
    public async Task A_text_that_is_none_is_the_callers_fault_where_tokens_are_had(string path)
    {
        byte[][] bodies =
        [
            [.. "{\"code\":\""u8, 0xC3, 0x28, 0xFF, 0xED, 0xA0, 0x80, .. "\"}"u8], [.. "{\""u8, 0xFF, .. "\":\"x\"}"u8],
            [.. """{"code":"\ud800"}"""u8], [.. """{"\ud800":"x"}"""u8], [.. """{"passkey":{"id":"\ud800"}}"""u8], [.. "{\"passkey\":{\"id\":\""u8, 0xFF, .. "\"}}"u8],
        ];
        foreach (var body in bodies)
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using var answer = await fixture.Api.Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
            await CheckAsync(answer);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }
    }

    [Fact]
    public async Task A_malformed_query_or_header_is_the_callers_fault()
    {
        var token = await fixture.Api.TokenAsync("malformed", ["ComplianceManager", "Auditor"]);
        var names = new[] { "status", "site", "role", "name", "hiredFrom", "hiredTo", "employed", "sort", "cursor", "limit", "function", "at", "employeeId", "lastDay", "query", "from", "to", "user", "action", "resourceId", "id", "result", "address" };
        var paths = new[] { "/api/employees", "/api/orders", $"/api/employees/{Guid.AllBitsSet}/clearance", $"/api/employees/{Guid.AllBitsSet}", "/audit/logs", "/audit/user/kim/activity" };
        await Gen.Select(Gen.Int[0, paths.Length - 1], Gen.Int[0, names.Length - 1], Gen.Byte.Array[0, 40], Gen.Bool).SampleAsync(async (path, name, value, header) =>
        {
            var query = string.Concat(value.Select(b => $"%{b:X2}"));
            var text = string.Concat(value.Select(b => (char)(' ' + b % 95)));
            await CheckAsync(await fixture.Api.Client.SendAsync(token, HttpMethod.Get, $"{paths[path]}?{names[name]}={query}&{names[name]}={query}",
                header: header ? ("If-None-Match", text) : null));
        }, iter: Each, threads: 1);
    }

    private static async Task CheckAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode < 500, $"{answer.StatusCode}: {text}");
        Assert.DoesNotContain("   at ", text);
        Assert.DoesNotContain("Exception", text);
        if (answer.StatusCode >= HttpStatusCode.BadRequest) Assert.Contains("\"code\":\"GRID-1", text);
    }

    private static Gen<byte[]> Bodies(byte[] sound) => Gen.Int[0, 6].SelectMany(kind => kind switch
    {
        0 => Gen.Byte.Array[0, 300],
        1 => Gen.Int[0, sound.Length - 1].Select(length => sound[..length]),
        2 => Gen.Int[1, 400].Select(depth => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth))),
        3 => Gen.Int[1, 400].Select(depth => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"id\":", depth)) + "1" + new string('}', depth))),
        4 => Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Byte).Select((at, value) => Bend(sound, at, [value])),
        5 => Gen.Select(Gen.Int[0, sound.Length - 1], Gen.Int[0, Values.Length - 1]).Select((at, value) => Bend(sound, at, Encoding.UTF8.GetBytes(Values[value]))),
        _ => Gen.Int[0, sound.Length - 1].Select(at => Bend(sound, at, [0xC3, 0x28, 0xF0, 0x9F])),
    });

    private static readonly string[] Values =
        ["1e999999", "-0", "99999999999999999999999999999999", "null", "\"\\ud800\"", "\"\\u0000\"", "true", "{}", "[]", "0.1", "\"2026-02-30\"", "NaN", "//", "\"id\":"];

    private static byte[] Bend(byte[] sound, int at, byte[] with) => [.. sound[..at], .. with, .. sound[(at + 1)..]];
}
