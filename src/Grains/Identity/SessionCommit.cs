using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>From a changed session: the state to save, with its end's audit entry and its row in the feed of ends.</summary>
internal sealed record SessionCommit(SessionKey Key, SessionLimits Limits, DateTimeOffset Now)
{
    public SessionState Of(SessionState before, SessionState changed)
    {
        // What never began has no token, and nobody to tell of it.
        var ends = changed is { Start: not null, Ended: not null } && before.Ended is null;
        return changed with
        {
            Commit = new()
            {
                DueAt = changed.Ended is { } ended ? ended.At + Limits.KeepEnded : SessionRule.TimeEnd(changed, Limits),
                Outbox = ends ? [Entry(changed.Start!, changed.Ended!)] : [],
                EndedSession = ends ? Key.Session : null,
            },
        };
    }

    private OutboxMessage Entry(StartSession start, SessionEnding ended) =>
        new AuditTrace(Key.Tenant, $"session/{Key}", "sessions", Key.Session, Now)
            .Part(0, Action(ended.Reason), new { account = start.Account, reason = ended.Reason, endedAt = ended.At });

    private static AuditAction Action(SessionEndReason reason) => reason switch
    {
        SessionEndReason.SignedOut => AuditAction.Logout,
        SessionEndReason.Idle or SessionEndReason.Over => AuditAction.SessionExpired,
        SessionEndReason.Killed or SessionEndReason.TooMany or SessionEndReason.PasswordChanged or SessionEndReason.TokenReused
            or SessionEndReason.AccountDisabled => AuditAction.SessionEnded,
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
