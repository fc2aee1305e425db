using System.Text.Json;
using ComplianceGrid.Storage;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Policies;

/// <summary>Loads, calls the rule, saves.</summary>
internal sealed class TenantPolicyGrain(
    [PersistentState("policy", GridStorage.ProviderName)] IPersistentState<PolicyState> state,
    CoverageReads coverage,
    TimeProvider clock) : Grain, ITenantPolicyGrain
{
    private TenantId Tenant => new(this.GetPrimaryKeyString());

    private DateTimeOffset Now => clock.GetUtcNow().ToMicroseconds();

    public async Task<PolicyRecord> Publish(Policy policy, int expectedVersion)
    {
        var current = state.State.InForce;
        if (current is not null && Same(current.Policy, policy)) return await RecordAsync();
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
        await SaveAsync(state.State with { InForce = next, History = [.. history.Take(PolicyState.HistoryLength)] });
        return await RecordAsync();
    }

    public Task<PolicyRecord> Get() => RecordAsync();

    public Task<PolicyVersion?> GetInForce() => Task.FromResult(state.State.InForce);

    public Task Refresh() => state.State.InForce is null ? Task.CompletedTask : SaveAsync(state.State);

    private async Task SaveAsync(PolicyState changed) =>
        await state.SaveAsync(new PolicyCommit(Tenant, await CoverageAsync(), Now).Of(state.State, changed));

    private async Task<PolicyRecord> RecordAsync()
    {
        var version = state.State.InForce ?? throw new GridException(GridError.NoPolicy, "No policy is in force for this tenant: publish one.");
        var assessment = PolicyEvaluator.Evaluate(version, Now, await CoverageAsync());
        return new() { Tenant = Tenant, InForce = version, Assessment = assessment, History = state.State.History };
    }

    private async Task<PolicyCoverage> CoverageAsync()
    {
        var (green, employed) = await coverage.CountAsync(Tenant, Now);
        return new(green, employed);
    }

    /// <summary>Compared as they are stored: the lists within compare by reference.</summary>
    private static bool Same(Policy a, Policy b) =>
        JsonSerializer.SerializeToUtf8Bytes(a, GridJson.Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(b, GridJson.Options));
}
