using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace ComplianceGrid.Cluster.MalformedRequests;

/// <summary>Makes requests that no honest client sends: the same ones for the same seed.</summary>
internal sealed partial class Malformer(int seed)
{
#pragma warning disable RS0030 // seeded: the run can be repeated
    private readonly Random _random = new(seed);
#pragma warning restore RS0030

    private static readonly string[] Words =
    [
        "", "null", "%00", "..%2f..%2fetc%2fpasswd", "'; DROP TABLE grid.employee; --", "00000000-0000-0000-0000-000000000000", "-1",
        "99999999999999999999999", "1e999", "NaN", "%F0%9F%92%A3", "%ff%fe", "2026-02-30", "9999-12-31T23:59:59.9999999Z", "0001-01-01", "{}", "[]", "true",
    ];

    private static readonly string[] Fields =
    [
        "id", "employeeNumber", "givenName", "familyName", "dateOfBirth", "site", "roles", "dotModes", "hiredOn", "requirements", "sites", "defaultTimeZone",
        "tenant", "user", "employees", "function", "at", "data", "object", "type", "account_id", "orderKey", "product", "until",
        "temp_token", "refresh_token", "mfa_code", "method", "passkey", "token", "code", "number", "credential", "name",
    ];

    private static readonly string[] ContentTypes = ["application/json", "application/json; charset=utf-16", "text/plain", "application/xml", "application/json"];

    public HttpRequestMessage Next(Operation operation, string? token)
    {
        var path = PathParameter().Replace(operation.Path, _ => Pick(Words) is { Length: > 0 } word ? Escaped(word) : "x");
        var query = string.Join('&', operation.QueryParameters.Where(_ => _random.Next(2) == 0).Select(name => $"{name}={Escaped(Pick(Words))}"));
        var request = new HttpRequestMessage(operation.Method, new Uri(operation.Host, query.Length > 0 ? $"{path}?{query}" : path));
        if (token is not null && _random.Next(10) > 0) request.Headers.Authorization = new("Bearer", _random.Next(20) == 0 ? Noise(40) : token);
        if (_random.Next(3) == 0) request.Headers.TryAddWithoutValidation("If-Match", Pick(["\"1\"", "*", "W/\"x\"", "garbage", "\"999999999999999999999\""]));
        if (_random.Next(3) == 0) request.Headers.TryAddWithoutValidation("X-Checkr-Signature", Noise(64));
        if (_random.Next(5) == 0) request.Headers.TryAddWithoutValidation("Idempotency-Key", Noise(_random.Next(1, 300)));
        if (operation.Method != HttpMethod.Get)
        {
            request.Content = new ByteArrayContent(Body());
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Pick(ContentTypes));
        }

        return request;
    }

    private byte[] Body() => _random.Next(9) switch
    {
        0 => RandomBytes(_random.Next(0, 2000)),
        1 => Encoding.UTF8.GetBytes(Json(3))[..^1],                                            // truncated
        2 => Encoding.UTF8.GetBytes(new string('[', _random.Next(100, 20_000))),               // deep nesting
        3 => Encoding.UTF8.GetBytes($$"""{"{{Pick(Fields)}}":{{new string('9', _random.Next(20, 4000))}}}"""), // huge number
        4 => [.. "{\""u8, .. Encoding.UTF8.GetBytes(Pick(Fields)), .. "\":\""u8, 0xC3, 0x28, 0xFF, 0xED, 0xA0, 0x80, .. "\"}"u8], // bad UTF-8
        5 => Encoding.UTF8.GetBytes($$"""{"{{Pick(Fields)}}":"\ud800"}"""),                     // lone surrogate
        6 => [],
        _ => Encoding.UTF8.GetBytes(Json(4)),                                                  // wrong types
    };

    private string Json(int depth) => _random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => "null",
        1 => _random.Next(2) == 0 ? "true" : "-0.1e-7",
        2 => "\"" + Noise(_random.Next(0, 30)) + "\"",
        3 => _random.NextInt64().ToString(System.Globalization.CultureInfo.InvariantCulture),
        4 => "\"2026-13-45\"",
        5 => "[" + string.Join(',', Enumerable.Range(0, _random.Next(0, 4)).Select(_ => Json(depth - 1))) + "]",
        _ => "{" + string.Join(',', Enumerable.Range(0, _random.Next(1, 6)).Select(_ => $"\"{Pick(Fields)}\":{Json(depth - 1)}")) + "}",
    };

    private string Escaped(string word) => word.Contains('%', StringComparison.Ordinal) ? word : Uri.EscapeDataString(word);

    private string Noise(int length) => string.Create(length, _random, static (span, random) =>
    {
        foreach (ref var c in span) c = (char)random.Next('0', 'z');
    }).Replace('\\', '_');

    private byte[] RandomBytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Pick(string[] values) => values[_random.Next(values.Length)];

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex PathParameter();
}
