using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Status;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Projections;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Policies;

/// <summary>From a changed policy: the state to save, with all that must be committed beside it.</summary>
/// <param name="Coverage">As counted at <paramref name="Now"/>.</param>
internal sealed record PolicyCommit(TenantId Tenant, PolicyCoverage Coverage, DateTimeOffset Now)
{
    /// <summary>Coverage changes with every employee and wakes nobody: a policy with a target looks again after so long, to put on record what it sees.</summary>
    public static readonly TimeSpan LookAgainAfter = TimeSpan.FromMinutes(15);

    /// <param name="before">The state as it is stored.</param>
    public PolicyState Of(PolicyState before, PolicyState changed)
    {
        var version = changed.InForce!;
        var isNew = version.Version != before.InForce?.Version;
        var assessment = PolicyEvaluator.Evaluate(version, Now, Coverage);
        var next = changed with { Revision = changed.Revision + 1, Recorded = assessment.Status };
        var trace = new AuditTrace(Tenant, $"policy/{Tenant}@{next.Revision}", "policies", null, Now);
        return next with
        {
            Commit = new()
            {
                DueAt = Due(version, assessment),
                Outbox =
                [
                    .. isNew ? PolicyChange.Of(before.InForce?.Policy, version).Select((part, n) => trace.Part(n, AuditAction.PolicyUpdated, part)) : [],
                    .. trace.Change(act: null, new(), changed.Recorded, assessment, eventId: null),
                ],
                Projection = new PolicyRow
                {
                    Tenant = Tenant,
                    Version = version.Version,
                    InForceSince = version.InForceSince,
                    PublishedBy = version.PublishedBy,
                    Document = JsonSerializer.Serialize(version.Policy, GridJson.Options),
                    Status = assessment.Status,
                    Transitions = assessment.Transitions,
                    NextTransitionAt = assessment.NextTransitionAt,
                    Revision = next.Revision,
                },
            },
        };
    }

    private DateTimeOffset? Due(PolicyVersion version, StatusAssessment assessment)
    {
        if (version.Policy.CoverageTargetPercent == 0) return assessment.NextTransitionAt;
        var look = Now + LookAgainAfter;
        return assessment.NextTransitionAt < look ? assessment.NextTransitionAt : look;
    }
}
