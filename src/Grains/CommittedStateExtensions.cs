using ComplianceGrid.Storage.GrainState;

namespace ComplianceGrid;

internal static class CommittedStateExtensions
{
    /// <summary>Makes the next state the grain's, and durable. When it cannot be written the grain keeps what it had.</summary>
    public static async Task SaveAsync<T>(this IPersistentState<T> state, T next) where T : class, ICommittedState
    {
        var before = state.State;
        state.State = next;
        try
        {
            await state.WriteStateAsync();
        }
        catch
        {
            state.State = before;
            throw;
        }
    }
}
