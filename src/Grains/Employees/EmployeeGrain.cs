using ComplianceGrid.Audit;
using ComplianceGrid.Events;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Events;
using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Tenancy;
using Orleans.Placement;

namespace ComplianceGrid.Employees;

/// <summary>Loads, calls the rule, saves. Every write is one transaction with its row, its audit entries and its orders.</summary>
[ImplicitStreamSubscription(StreamNamespaces.Compliance), ResourceOptimizedPlacement]
internal sealed class EmployeeGrain(
    [PersistentState("employee", GridStorage.ProviderName)] IPersistentState<EmployeeState> state,
    PolicyCache policies,
    IEventLog log,
    TimeProvider clock) : StreamedGrain, IEmployeeGrain
{
    private EmployeeKey Key => EmployeeKey.Parse(this.GetPrimaryKeyString());

    private DateTimeOffset Now => clock.GetUtcNow().ToMicroseconds();

    public async Task<EmployeeRecord> Hire(EmployeeProfile profile)
    {
        if (state.State.Profile is { } existing)
        {
            return SameAs(existing, profile)
                ? await RecordAsync()
                : throw new GridException(GridError.AlreadyExists, "An employee with this id exists already. Use another id, or update the existing record.");
        }

        var policy = await policies.GetLatestAsync(Key.Tenant);
        ProfileRules.Check(profile, policy, Now);
        await SaveAsync(state.State with { Profile = profile with { EmploymentEndedOn = null } }, policy, AuditAction.Create);
        return await RecordAsync();
    }

    public async Task<EmployeeRecord> Update(EmployeeProfile profile, long expectedRevision)
    {
        var existing = Expect(expectedRevision);
        if (existing.EmploymentEndedOn is not null)
            throw new GridException(GridError.EmploymentEnded, "Employment has ended; the record is closed. Hire the person again under a new id.");
        if (SameAs(existing, profile)) return await RecordAsync();

        var policy = await policies.GetLatestAsync(Key.Tenant);
        ProfileRules.Check(profile, policy, Now);
        await SaveAsync(state.State with { Profile = profile with { EmploymentEndedOn = null } }, policy, AuditAction.Update);
        return await RecordAsync();
    }

    public async Task<EmployeeRecord> EndEmployment(DateOnly lastDay, long expectedRevision)
    {
        if (state.State.Profile?.EmploymentEndedOn == lastDay) return await RecordAsync(); // a repeat carries the revision from before
        var existing = Expect(expectedRevision);
        if (existing.EmploymentEndedOn is not null)
            throw new GridException(GridError.EmploymentEnded, "Employment has ended already, on another day.");
        if (lastDay < existing.HiredOn)
            throw new GridException(GridError.Invalid, "lastDay is before hiredOn: give a day on or after it.");

        await SaveAsync(state.State with { Profile = existing with { EmploymentEndedOn = lastDay } }, await policies.GetAsync(Key.Tenant), AuditAction.Delete);
        return await RecordAsync();
    }

    public async Task<EmployeeRecord> Waive(Waiver waiver, long expectedRevision)
    {
        if (Expect(expectedRevision).EmploymentEndedOn is not null)
            throw new GridException(GridError.EmploymentEnded, "Employment has ended; the record is closed.");
        var policy = await policies.GetLatestAsync(Key.Tenant);
        ProfileRules.Check(waiver, policy);
        var others = state.State.Waivers.RemoveAll(w => w.Requirement == waiver.Requirement);
        await SaveAsync(state.State with { Waivers = waiver.Until is null ? others : others.Add(waiver) }, policy, AuditAction.Update, actResource: "waivers");
        return await RecordAsync();
    }

    public Task<EmployeeRecord> Get() => RecordAsync();

    public async Task<Clearance> GetClearance(string function, DateTimeOffset at) =>
        StatusEvaluator.Clear(state.State.ToFacts(), await policies.GetAsync(Key.Tenant), function, at);

    public override async Task Apply(ComplianceEvent e)
    {
        using var activity = GrainTelemetry.Applying(e);
        var facts = FactBook.Apply(state.State.Facts, e.Data);
        if (facts == state.State.Facts)
        {
            if (e.LogPosition is { } position) await log.CloseAsync([position]); // a repeat, or older than what is known
            return;
        }

        await SaveAsync(state.State with { Facts = facts }, await policies.GetAsync(Key.Tenant), act: null, e);
    }

    public async Task Refresh()
    {
        if (state.State.Profile is null && state.State.Facts.IsEmpty) return;
        var policy = await policies.GetNewerAsync(Key.Tenant, state.State.PolicyVersion);
        if (!new EmployeeCommit(Key, policy, Now).Holds(state.State)) await SaveAsync(state.State, policy, act: null);
    }

    private Task SaveAsync(
        EmployeeState changed, PolicyVersion? policy, AuditAction? act, ComplianceEvent? applied = null, string actResource = EmployeeCommit.Resource) =>
        state.SaveAsync(new EmployeeCommit(Key, policy, Now).Of(state.State, changed, act, applied, actResource));

    private async Task<EmployeeRecord> RecordAsync() => new()
    {
        Key = Key,
        Profile = state.State.Profile ?? throw NotFound(),
        Assessment = StatusEvaluator.Evaluate(state.State.ToFacts(), await policies.GetAsync(Key.Tenant), Now),
        Revision = state.State.Revision,
        Waivers = state.State.Waivers,
    };

    private EmployeeProfile Expect(long revision)
    {
        var profile = state.State.Profile ?? throw NotFound();
        return state.State.Revision == revision
            ? profile
            : throw new GridException(GridError.PreconditionFailed, "The record has changed since: read it again and repeat with its ETag.");
    }

    private static GridException NotFound() => new(GridError.NotFound, "There is no such employee in this tenant.");

    private static bool SameAs(EmployeeProfile a, EmployeeProfile b) =>
        a.Roles.SequenceEqual(b.Roles) && a.DotModes.SequenceEqual(b.DotModes)
        && (a with { EmploymentEndedOn = null, Roles = [], DotModes = [] }) == (b with { EmploymentEndedOn = null, Roles = [], DotModes = [] });
}
