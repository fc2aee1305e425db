using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Clients;

/// <summary>What a silo shows the gateway, signed by the silos' own key; written from the contract, not from what checks it.</summary>
internal static class ServiceToken
{
    /// <param name="requestId">Null: of no request in particular.</param>
    public static string Of(LocalGrid grid, string tenant, string permission, string? requestId = null)
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(grid.State, "keys", "service.pem")));
        requestId ??= Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var signed = Part(new { alg = "ES256", typ = "JWT" }) + "." + Part(new
        {
            iss = "compliance-grid-silo",
            aud = "integrations",
            iat = now,
            exp = now + 120,
            jti = requestId,
            tenant,
            rid = requestId,
            permission,
        });
        return $"{signed}.{Url(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    private static string Part(object json) => Url(JsonSerializer.SerializeToUtf8Bytes(json));

    private static string Url(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
