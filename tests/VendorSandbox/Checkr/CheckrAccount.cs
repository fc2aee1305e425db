using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.VendorSandbox.Checkr;

/// <summary>Section <c>Checkr</c>: the one account there is.</summary>
public sealed class CheckrAccount
{
    /// <summary>User of HTTP Basic, and key of the webhooks' signatures.</summary>
    [Required, MinLength(8)]
    public string ApiKey { get; set; } = "";

    [Required]
    public string AccountId { get; set; } = "";

    /// <summary>The gateway's address; webhooks are told to go to <c>{it}/webhooks/checkr</c>.</summary>
    [Required]
    public string WebhookBaseUrl { get; set; } = "";
}
