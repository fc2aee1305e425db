using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Audit;
using ComplianceGrid.Employees;
using ComplianceGrid.Events;
using ComplianceGrid.Orders;
using ComplianceGrid.Policies;
using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Tests.Hosting;

// Stand-ins that keep to the contracts' documentation: what is under test here is the front door, over a real silo's wire.
internal sealed class FakeEmployeeGrain(TimeProvider clock) : Grain, IEmployeeGrain
{
    private EmployeeRecord? _record;

    private EmployeeKey Key => EmployeeKey.Parse(this.GetPrimaryKeyString());
    private EmployeeRecord Record => _record ?? throw new GridException(GridError.NotFound, "There is no such employee.");

    public Task<EmployeeRecord> Hire(EmployeeProfile profile)
    {
        if (_record is not null && !Same(_record.Profile, profile)) throw new GridException(GridError.AlreadyExists, "The id is taken.");
        _record ??= new EmployeeRecord { Key = Key, Profile = profile, Assessment = Fakes.Red(), Revision = 1 };
        return Task.FromResult(_record);
    }

    public Task<EmployeeRecord> Update(EmployeeProfile profile, long expectedRevision) => Save(expectedRevision, record => record with { Profile = profile });

    public Task<EmployeeRecord> EndEmployment(DateOnly lastDay, long expectedRevision) =>
        Save(expectedRevision, record => record with { Profile = record.Profile with { EmploymentEndedOn = lastDay } }, closed: true);

    public Task<EmployeeRecord> Waive(Waiver waiver, long expectedRevision)
    {
        if (waiver.ApprovedBy == waiver.RequestedBy) throw new GridException(GridError.Invalid, "Who asks for a waiver cannot approve it.");
        return Save(expectedRevision, record => record with { Waivers = [waiver] });
    }

    public Task<EmployeeRecord> Get() => Task.FromResult(Record);

    public async Task<Clearance> GetClearance(string function, DateTimeOffset at)
    {
        if (function == "zone:slow") await Task.Delay(TimeSpan.FromSeconds(4), clock);
        return new Clearance { Allowed = _record is not null && function == WorkFunctions.Work, Function = function, At = at, Reasons = Fakes.Red().Reasons, PolicyVersion = 1 };
    }

    public Task Apply(ComplianceEvent e) => Task.CompletedTask;
    public Task Refresh() => Task.CompletedTask;

    private Task<EmployeeRecord> Save(long expected, Func<EmployeeRecord, EmployeeRecord> change, bool closed = false)
    {
        if (Record.Revision != expected) throw new GridException(GridError.PreconditionFailed, "The record has changed.");
        if (Record.Profile.EmploymentEndedOn is not null && !closed) throw new GridException(GridError.EmploymentEnded, "The record is closed.");
        _record = change(Record) with { Revision = Record.Revision + 1 };
        return Task.FromResult(_record);
    }

    private static bool Same(object a, object b) => JsonSerializer.Serialize(a) == JsonSerializer.Serialize(b);
}

internal sealed class FakePolicyGrain(TimeProvider clock) : Grain, ITenantPolicyGrain
{
    private PolicyRecord? _record;

    public Task<PolicyRecord> Publish(Policy policy, int expectedVersion)
    {
        if ((_record?.InForce.Version ?? 0) != expectedVersion) throw new GridException(GridError.PreconditionFailed, "Another version is in force.");
        _record = new PolicyRecord
        {
            Tenant = new TenantId(this.GetPrimaryKeyString()),
            InForce = new PolicyVersion { Version = expectedVersion + 1, InForceSince = clock.GetUtcNow(), Policy = policy, PublishedBy = "me" },
            Assessment = Fakes.Green(),
            History = [],
        };
        return Task.FromResult(_record);
    }

    public Task<PolicyRecord> Get() => Task.FromResult(_record ?? throw new GridException(GridError.NoPolicy, "None."));
    public Task<PolicyVersion?> GetInForce() => Task.FromResult(_record?.InForce);
    public Task Refresh() => Task.CompletedTask;
}

internal sealed class FakeOrderGrain(TimeProvider clock) : Grain, IVendorOrderGrain
{
    private OrderRecord? _record;

    public Task<OrderRecord> Place(PlaceOrder order) => Task.FromResult(_record ??= new OrderRecord
    {
        Key = OrderKey.Parse(this.GetPrimaryKeyString()),
        Order = order,
        PlacedAt = clock.GetUtcNow(),
        Outcome = FactOutcome.Failed,
        Milestones = [new("invitation-sent", clock.GetUtcNow())],
        Assessment = Fakes.Green(),
        Revision = 1,
    });

    public Task<OrderRecord> Get() => Task.FromResult(_record ?? throw new GridException(GridError.NotFound, "There is no such order."));
    public Task Apply(ComplianceEvent e) => Task.CompletedTask;
    public Task Refresh() => Task.CompletedTask;
}

internal sealed class FakeAuditGrain : Grain, IAuditGrain
{
    private static readonly ConcurrentDictionary<Guid, AuditEntry> Known = new();
    public static readonly ConcurrentQueue<AuditEntry> Entries = new();
    private static volatile TaskCompletionSource? _back;

    /// <summary>While it is so, no call returns.</summary>
    public static bool Hangs
    {
        set
        {
            if (value) _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
            else Interlocked.Exchange(ref _back, null)?.SetResult();
        }
    }

    public async Task Append(ImmutableArray<AuditEntry> entries)
    {
        if (_back is { } back) await back.Task;
        foreach (var entry in entries)
            if (Known.TryAdd(entry.Id, entry)) Entries.Enqueue(entry);
    }

    public async Task<ImmutableArray<string>> TryAppend(ImmutableArray<AuditEntry> entries)
    {
        await Append(entries);
        return [];
    }

    public Task<ImmutableArray<string?>> OpenPersonal(string tenant, ImmutableArray<SealedPersonal> details) =>
        Task.FromResult<ImmutableArray<string?>>([.. details.Select(_ => default(string))]);
}

/// <summary>As the silo's filter does it: a call's tenant must be the key's.</summary>
internal sealed class TenantFilter : IIncomingGrainCallFilter
{
    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.Grain is ITenantGrain grain
            && RequestContext.Get(CallContext.Tenant) as string != TenantKeys.TenantOf(grain.GetPrimaryKeyString()).Value)
            throw new GridException(GridError.OtherTenant, "Another tenant's grain.");
        return context.Invoke();
    }
}

internal static class Fakes
{
    public static StatusAssessment Green() => new()
    {
        Status = ComplianceStatus.Green,
        Reasons = [],
        NextTransitionAt = null,
        NextStatus = null,
        Transitions = [],
        PolicyVersion = 1,
    };

    /// <summary>One reason for each audience.</summary>
    public static StatusAssessment Red() => Green() with
    {
        Status = ComplianceStatus.Red,
        Reasons = [.. Enum.GetValues<Audience>().Select(audience => new StatusReason
        {
            Code = ReasonCode.Pending, Status = ComplianceStatus.Red, Requirement = $"secret-{audience}", Text = $"words for {audience}",
            Remedy = "Wait.", Audience = audience,
        })],
    };
}
