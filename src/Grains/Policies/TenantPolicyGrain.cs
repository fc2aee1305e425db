using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Outbox;
using ComplianceGrid.Storage.Projections;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Policies;

/// <summary>Loads, calls the rule, saves.</summary>
internal sealed class TenantPolicyGrain(
    [PersistentState("policy", GridStorage.ProviderName)] IPersistentState<PolicyState> state,
    TimeProvider clock) : Grain, ITenantPolicyGrain
{
    private TenantId Tenant => new(this.GetPrimaryKeyString());

    private DateTimeOffset Now => clock.GetUtcNow().ToMicroseconds();

    public async Task<PolicyRecord> Publish(Policy policy, int expectedVersion)
    {
        var current = state.State.InForce;
        if (current is not null && Same(current.Policy, policy)) return Record();
        if ((current?.Version ?? 0) != expectedVersion)
            throw new GridException(GridError.PreconditionFailed, "Another version is in force since: read the policy again and repeat with its ETag.");

        PolicyRules.Check(policy);
        var next = new PolicyVersion
        {
            Version = expectedVersion + 1,
            InForceSince = Now,
            Policy = policy,
            PublishedBy = RequestContext.Get(CallContext.Actor) as string ?? "system:grid",
        };
        var history = current is null
            ? state.State.History
            : state.State.History.Insert(0, new(current.Version, current.InForceSince, current.PublishedBy));
        await SaveAsync(state.State with { InForce = next, History = [.. history.Take(PolicyState.HistoryLength)] }, AuditAction.PolicyUpdated);
        return Record();
    }

    public Task<PolicyRecord> Get() => Task.FromResult(Record());

    public Task<PolicyVersion?> GetInForce() => Task.FromResult(state.State.InForce);

    public Task Refresh() => state.State.InForce is null ? Task.CompletedTask : SaveAsync(state.State, act: null);

    private Task SaveAsync(PolicyState changed, AuditAction? act)
    {
        var version = changed.InForce!;
        var assessment = PolicyEvaluator.Evaluate(version, Now);
        var next = changed with { Revision = changed.Revision + 1, Recorded = assessment.Status };
        var outbox = new List<OutboxMessage>();
        var cause = $"policy/{Tenant}@{next.Revision}";
        if (act is { } action) outbox.Add(AuditTrace.Message(Tenant, cause, "act", action, "policies", null, new { version.Version }, Now));
        if (changed.Recorded != assessment.Status)
        {
            outbox.Add(AuditTrace.Message(Tenant, cause, "status", AuditAction.StatusChanged, "policies", null,
                new { from = changed.Recorded, to = assessment.Status, version.Version }, Now));
        }

        return state.SaveAsync(next with
        {
            Commit = new()
            {
                DueAt = assessment.NextTransitionAt,
                Outbox = outbox,
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
        });
    }

    private PolicyRecord Record()
    {
        var version = state.State.InForce ?? throw new GridException(GridError.NoPolicy, "No policy is in force for this tenant: publish one.");
        return new() { Tenant = Tenant, InForce = version, Assessment = PolicyEvaluator.Evaluate(version, Now), History = state.State.History };
    }

    /// <summary>Compared as they are stored: the lists within compare by reference.</summary>
    private static bool Same(Policy a, Policy b) =>
        JsonSerializer.SerializeToUtf8Bytes(a, GridJson.Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b, GridJson.Options));
}
