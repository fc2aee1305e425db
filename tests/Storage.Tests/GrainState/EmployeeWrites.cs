using ComplianceGrid.Storage.GrainState;
using ComplianceGrid.Storage.Projections;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Tests.GrainState;

/// <summary>Employee grains as the storage sees them: each remembers its state's version.</summary>
internal sealed class EmployeeWrites(StorageHost host)
{
    private readonly Dictionary<EmployeeKey, TestState> _states = [];

    public async Task WriteAsync(EmployeeKey key, Func<EmployeeKey, EmployeeRow> row, Func<StateCommit, StateCommit>? more = null)
    {
        TestState state;
        lock (_states)
        {
            if (!_states.TryGetValue(key, out state!)) _states[key] = state = new();
        }

        var commit = new StateCommit { Projection = row(key) };
        state.State.Commit = more?.Invoke(commit) ?? commit;
        await host.WriteAsync(key.ToString(), state);
    }
}
