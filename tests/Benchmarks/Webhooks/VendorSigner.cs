using System.Security.Cryptography;
using System.Text;

namespace ComplianceGrid.Benchmarks.Webhooks;

/// <summary>Makes whole signed webhook requests, the way Checkr does.</summary>
internal sealed class VendorSigner(string connection, byte[] key, Uri gateway)
{
    /// <param name="type">For example <c>report.completed</c>.</param>
    public byte[] Request(string eventId, string type, string objectId)
    {
        var kind = type[..type.IndexOf('.', StringComparison.Ordinal)];
        var body = $$$$"""{"id":"{{{{eventId}}}}","object":"event","type":"{{{{type}}}}","created_at":"2026-01-01T00:00:00Z","account_id":"acct_demo","data":{"object":{"id":"{{{{objectId}}}}","object":"{{{{kind}}}}","uri":"/v1/{{{{kind}}}}s/{{{{objectId}}}}"}}}""";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(body)));
        return Encoding.ASCII.GetBytes(
            $"POST /webhooks/checkr/{connection} HTTP/1.1\r\nHost: {gateway.Authority}\r\nContent-Type: application/json\r\n"
            + $"X-Checkr-Signature: {signature}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
