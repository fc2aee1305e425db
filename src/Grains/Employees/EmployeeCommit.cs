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
    public const string Resource = "employees";

    /// <summary>What was saved last still holds: there is nothing to write.</summary>
    public bool Holds(EmployeeState saved) => saved.PolicyVersion == (Policy?.Version ?? 0) && Now < saved.HoldsUntil;

    /// <param name="before">The state as it is stored.</param>
    /// <param name="changed">The next state, its revision not yet counted up.</param>
    /// <param name="act">What was done, for the audit log; null: nobody's act, only facts or time.</param>
    /// <param name="actResource">What the act was on, for the audit log.</param>
    /// <param name="applied">The event that caused it; null: a command, or time.</param>
    public EmployeeState Of(EmployeeState before, EmployeeState changed, AuditAction? act, ComplianceEvent? applied, string actResource = Resource)
    {
        var assessment = StatusEvaluator.Evaluate(changed.ToFacts(), Policy, Now);
        var orders = Orders(changed);
        var next = changed with
        {
            Revision = changed.Revision + 1,
            Recorded = changed.Profile is null ? null : assessment.Status,
            PolicyVersion = assessment.PolicyVersion,
            HoldsUntil = assessment.NextTransitionAt ?? DateTimeOffset.MaxValue,
            Ordered = [.. changed.Ordered, .. orders.Select(order => order.Code)],
        };
        var trace = new AuditTrace(Key.Tenant, $"{Key}@{next.Revision}", Resource, Key.Employee, Now) { ActResource = actResource };
        return next with
        {
            Commit = new()
            {
                DueAt = assessment.NextTransitionAt,
                PolicyVersion = next.Profile is null ? null : assessment.PolicyVersion,
                Projection = next.Profile is null ? null : Row(next, next.Profile, assessment),
                Outbox =
                [
                    .. trace.Change(act, new { next.Revision, assessment.Status }, changed.Recorded, next.Profile is null ? null : assessment, applied?.Id,
                        EmployeeChange.Of(before, next) is { } change ? new(Key.Employee.ToString("D"), change) : null),
                    .. orders.Select(Message),
                ],
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

    private OutboxMessage Message(Requirement requirement) => new(
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
