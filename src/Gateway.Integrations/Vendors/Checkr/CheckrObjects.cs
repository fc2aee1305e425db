using System.Text.Json.Serialization;

namespace ComplianceGrid.Gateway.Vendors.Checkr;

/// <summary>What we read of a report. Its searches and records stay with the vendor.</summary>
internal sealed record CheckrReport
{
    public required string Id { get; init; }
    public required string Status { get; init; }
    public string? Result { get; init; }
    public string? Assessment { get; init; }
    public string? Adjudication { get; init; }
    [JsonPropertyName("candidate_id")] public string? CandidateId { get; init; }
    [JsonPropertyName("created_at")] public DateTimeOffset? CreatedAt { get; init; }
    [JsonPropertyName("completed_at")] public DateTimeOffset? CompletedAt { get; init; }
}

internal sealed record CheckrInvitation
{
    public required string Id { get; init; }
    public required string Status { get; init; }
    [JsonPropertyName("candidate_id")] public string? CandidateId { get; init; }
    [JsonPropertyName("created_at")] public DateTimeOffset? CreatedAt { get; init; }
    [JsonPropertyName("completed_at")] public DateTimeOffset? CompletedAt { get; init; }
}

internal sealed record CheckrCandidate
{
    public required string Id { get; init; }
}

internal sealed record NewCandidate
{
    public required string Email { get; init; }
    [JsonPropertyName("first_name")] public required string FirstName { get; init; }
    [JsonPropertyName("last_name")] public required string LastName { get; init; }
    public string? Phone { get; init; }
    public DateOnly? Dob { get; init; }
}

internal sealed record NewInvitation
{
    public required string Package { get; init; }
    [JsonPropertyName("candidate_id")] public required string CandidateId { get; init; }
}
