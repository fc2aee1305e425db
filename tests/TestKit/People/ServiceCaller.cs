using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ComplianceGrid.TestKit.People;

/// <summary>A registered service, which proves itself by a signature (<c>private_key_jwt</c>, RFC 7523 §2.2) and gets a token for one tenant.</summary>
public sealed class ServiceCaller(HttpClient http, Uri api, string issuer, string client, ECDsa key)
{
    public async Task<string> TokenAsync(string tenant, CancellationToken ct)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["tenant"] = tenant,
            ["client_id"] = client,
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ["client_assertion"] = Assertion(),
        });
        using var answer = await http.PostAsync(new Uri(api, "/connect/token"), form, ct);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"/connect/token answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("access_token").GetString()!;
    }

    private string Assertion()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var signed = $"{Part(new { alg = "ES256", typ = "client-authentication+jwt" })}.{Part(new
        {
            iss = client,
            sub = client,
            aud = new Uri(issuer).AbsoluteUri,
            iat = now,
            exp = now + 60,
            jti = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
        })}";
        return $"{signed}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string Part(object json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
