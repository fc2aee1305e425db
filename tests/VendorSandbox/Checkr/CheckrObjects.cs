namespace ComplianceGrid.VendorSandbox.Checkr;

public sealed record Candidate(string Id, string Uri, string Email, string? FirstName, string? LastName, string? Phone, string? Dob, DateTimeOffset CreatedAt)
{
    public string Object => "candidate";
}

public sealed record Invitation(
    string Id, string Uri, string Status, string CandidateId, string Package, string InvitationUrl, DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt, DateTimeOffset? CompletedAt, string? ReportId)
{
    public string Object => "invitation";
}

public sealed record Report(
    string Id, string Uri, string Status, string? Result, string? Assessment, string? Adjudication, string Package, string CandidateId,
    DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt, bool IncludesCanceled)
{
    public string Object => "report";
}

public sealed record NewCandidate(string? Email, string? FirstName, string? LastName, string? Phone, string? Dob);

public sealed record NewInvitation(string? Package, string? CandidateId);
