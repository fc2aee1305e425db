using System.Collections.Concurrent;

namespace ComplianceGrid.VendorSandbox.Checkr;

/// <summary>Everything the vendor knows, in memory.</summary>
public sealed class CheckrState(TimeProvider time)
{
    private const string InvitationPage = "https://apply.checkr-sandbox.example/invite/";

    private readonly ConcurrentDictionary<string, Lazy<object>> _byIdempotencyKey = new();
    private readonly ConcurrentDictionary<string, long> _calls = new();
    private long _count;

    public ConcurrentDictionary<string, Candidate> Candidates { get; } = new();
    public ConcurrentDictionary<string, Invitation> Invitations { get; } = new();
    public ConcurrentDictionary<string, Report> Reports { get; } = new();

    /// <summary>Calls by method and kind of object, those that were answered with a failure too.</summary>
    public IReadOnlyDictionary<string, long> Calls => _calls;

    public void Called(string what) => _calls.AddOrUpdate(what, 1, (_, n) => n + 1);

    /// <summary>The same key is answered with what was made the first time.</summary>
    public T Once<T>(string path, string? idempotencyKey, Func<T> make) where T : class =>
        string.IsNullOrEmpty(idempotencyKey) ? make() : (T)_byIdempotencyKey.GetOrAdd($"{path} {idempotencyKey}", _ => new(() => make())).Value;

    public Candidate Add(NewCandidate candidate)
    {
        var id = NewId();
        return Candidates[id] = new(id, "/v1/candidates/" + id, candidate.Email!, candidate.FirstName, candidate.LastName, candidate.Phone, candidate.Dob, time.GetUtcNow());
    }

    public Invitation Add(NewInvitation invitation)
    {
        var (id, now) = (NewId(), time.GetUtcNow());
        return Invitations[id] = new(id, "/v1/invitations/" + id, "pending", invitation.CandidateId!, invitation.Package!, InvitationPage + id,
            now, now.AddDays(7), null, null);
    }

    /// <summary>The candidate fills in the form: the invitation is completed and a pending report exists. Repeating it changes nothing.</summary>
    public Report? Complete(string invitationId)
    {
        lock (Invitations)
        {
            if (!Invitations.TryGetValue(invitationId, out var invitation)) return null;
            if (invitation.ReportId is { } made) return Reports[made];
            var (id, now) = (NewId(), time.GetUtcNow());
            Reports[id] = new(id, "/v1/reports/" + id, "pending", null, null, null, invitation.Package, invitation.CandidateId, now, null, false);
            Invitations[invitationId] = invitation with { Status = "completed", CompletedAt = now, ReportId = id };
            return Reports[id];
        }
    }

    private string NewId() => string.Create(null, $"{Interlocked.Increment(ref _count):x8}{Guid.CreateVersion7(time.GetUtcNow()).ToString("N")[..16]}");
}
