using System.Collections.Concurrent;
using ComplianceGrid.Employees;
using ComplianceGrid.Tenancy;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Cluster.Changes;

/// <summary>Who changes people again and again by one client of the grid, and remembers what was acknowledged.</summary>
internal sealed class Changer(string name, IGrainFactory grains, string tenant)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentQueue<Saved> _saved = [];
    private readonly ConcurrentDictionary<string, int> _refusals = new();

    public IReadOnlyCollection<Saved> Acknowledged => _saved;

    /// <summary>How often it got no answer in time.</summary>
    public int Unanswered => Refused<TimeoutException>();

    public override string ToString() => $"{name}: {_saved.Count} acknowledged, {string.Join(", ", _refusals.Select(refusal => $"{refusal.Value} {refusal.Key}"))}";

    /// <summary>How often the grid answered by this exception.</summary>
    public int Refused<TException>() where TException : Exception => _refusals.GetValueOrDefault(typeof(TException).Name);

    /// <summary>Who is refused, or gets no answer, reads again and tries again.</summary>
    public async Task ChangeAsync(Guid person, CancellationToken stop)
    {
        using var pause = new PeriodicTimer(Pause);
        for (var n = 1; !stop.IsCancellationRequested; n++)
        {
            try
            {
                RequestContext.Set(CallContext.Tenant, tenant);
                RequestContext.Set(CallContext.Actor, name);
                var record = await EmployeeOf(person).Get();
                record = await EmployeeOf(person).Update(record.Profile with { FamilyName = $"{name} {n}" }, record.Revision);
                _saved.Enqueue(new(person, record.Revision, record.Profile.FamilyName));
            }
            catch (Exception refused) when (refused is GridException or OrleansException or TimeoutException or OperationCanceledException) // the last: no silo had a place for the person in time
            {
                _refusals.AddOrUpdate(refused.GetType().Name, 1, (_, count) => count + 1);
            }

            await pause.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    /// <summary>From now on, each of them once more.</summary>
    public async Task AllSavedAsync(IReadOnlyCollection<Guid> people, CancellationToken ct)
    {
        var before = _saved.Count;
        await Eventually.TrueAsync(() => people.All(_saved.Skip(before).Select(saved => saved.Person).Contains), $"everybody is changed by the {this}", ct);
    }

    private IEmployeeGrain EmployeeOf(Guid person) => grains.GetGrain<IEmployeeGrain>(new EmployeeKey(new(tenant), person).ToString());
}
