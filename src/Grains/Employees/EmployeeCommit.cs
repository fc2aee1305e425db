using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Events;
using ComplianceGrid.Orders;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Projections;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Employees;

/// <summary>From a changed state: the state to save, with all that must be committed beside it. A function of its arguments and the call's context.</summary>
internal sealed record EmployeeCommit(EmployeeKey Key, PolicyVersion? Policy, DateTimeOffset Now)
{
    /// <param name="changed">The next state, its revision not yet counted up.</param>
    /// <param name="act">What was done, for the audit log; null: nobody's act, only facts or time.</param>
    /// <param name="applied">The event that caused it; null: a command, or time.</param>
    public EmployeeState Of(EmployeeState changed, AuditAction? act, ComplianceEvent? applied)
    {
        var assessment = StatusEvaluator.Evaluate(changed.ToFacts(), Policy, Now);
        var orders = Orders(changed);
        var next = changed with
        {
            Revision = changed.Revision + 1,
            Recorded = changed.Profile is null ? null : assessment.Status,
            PolicyVersion = assessment.PolicyVersion,
            Ordered = [.. changed.Ordered, .. orders.Select(order => order.Code)],
        };
        return next with
        {
            Commit = new()
            {
                DueAt = assessment.NextTransitionAt,
                PolicyVersion = next.Profile is null ? null : assessment.PolicyVersion,
                Projection = next.Profile is null ? null : Row(next, next.Profile, assessment),
                Outbox = [.. Audit(changed, next, act, applied, assessment), .. orders.Select(order => Message(order, next.Revision))],
                Applied = applied?.LogPosition is { } position ? [position] : [],
            },
        };
    }

    /// <summary>What the policy has ordered for such a person and nobody has ordered yet.</summary>
    private ImmutableArray<Requirement> Orders(EmployeeState state) =>
        Policy is null || state.Profile is not { EmploymentEndedOn: null } profile
            ? []
            : [.. Policy.Policy.Requirements.Where(requirement =>
                requirement.Order is not null && requirement.AppliesTo(profile) && !state.Ordered.Contains(requirement.Code)
                && !state.Facts.Any(fact => fact.Stands && fact.Item == requirement.Item))];

    private OutboxMessage Message(Requirement requirement, long revision) => new(
        DerivedId.Of("order", Key.ToString(), requirement.Code), Key.Tenant.Value, OutboxKinds.Order, 0,
        JsonSerializer.SerializeToUtf8Bytes(new PlaceOrder
        {
            Employee = Key,
            Vendor = requirement.Order!.Vendor,
            Product = requirement.Order.Product,
            Item = requirement.Item,
            ServiceDays = requirement.Order.ServiceDays,
            Dot = requirement.Order.Dot,
            Audience = requirement.Audience,
        }, GridJson.Options),
        Activity.Current?.Id);

    private IEnumerable<OutboxMessage> Audit(
        EmployeeState before, EmployeeState next, AuditAction? act, ComplianceEvent? applied, StatusAssessment assessment)
    {
        var cause = $"{Key}@{next.Revision}";
        if (act is { } action)
            yield return AuditTrace.Message(Key.Tenant, cause, "act", action, "employees", Key.Employee, new { next.Revision, assessment.Status }, Now);
        if (before.Recorded != next.Recorded)
        {
            yield return AuditTrace.Message(Key.Tenant, cause, "status", AuditAction.StatusChanged, "employees", Key.Employee, new
            {
                from = before.Recorded,
                to = assessment.Status,
                reasons = assessment.Reasons.Select(reason => $"GRID-{(int)reason.Code}"),
                assessment.PolicyVersion,
                eventId = applied?.Id,
            }, Now);
        }
    }

    private EmployeeRow Row(EmployeeState state, EmployeeProfile profile, StatusAssessment assessment) => new()
    {
        Tenant = Key.Tenant,
        EmployeeId = Key.Employee,
        EmployeeNumber = profile.EmployeeNumber,
        GivenName = profile.GivenName,
        FamilyName = profile.FamilyName,
        Site = profile.Site,
        Roles = profile.Roles,
        HiredOn = profile.HiredOn,
        EmploymentEndedOn = profile.EmploymentEndedOn,
        Status = assessment.Status,
        Transitions = assessment.Transitions,
        NextTransitionAt = assessment.NextTransitionAt,
        Reasons = assessment.Reasons,
        PolicyVersion = assessment.PolicyVersion,
        Revision = state.Revision,
        EvaluatedAt = Now,
    };
}
