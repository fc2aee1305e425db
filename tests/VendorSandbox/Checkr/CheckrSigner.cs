using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ComplianceGrid.VendorSandbox.Checkr;

/// <summary>Builds webhooks' bodies the way Checkr does: compact JSON, signed with the account's API key.</summary>
internal static class CheckrSigner
{
    public static string Body(CheckrAccount account, string eventId, string type, string kind, string objectId, DateTimeOffset now) =>
        JsonSerializer.Serialize(new
        {
            id = eventId,
            @object = "event",
            type,
            created_at = now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null),
            webhook_url = account.WebhookBaseUrl + "/webhooks/checkr",
            account_id = account.AccountId,
            data = new { @object = new { id = objectId, @object = kind, uri = $"/v1/{kind}s/{objectId}" } },
        });

    public static string Sign(CheckrAccount account, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(account.ApiKey), Encoding.UTF8.GetBytes(body)));
}
