namespace ComplianceGrid.Gateway.Webhooks;

/// <summary>Why a webhook is not taken. The detail is for the sender; it quotes nothing that was sent.</summary>
internal sealed record Refusal(GridError Error, string Detail, int RetryAfterSeconds = 2);
