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

    /// <summary>Removes the stored state. When it cannot be removed the grain keeps what it had.</summary>
    /// <param name="nothing">A state that brings nothing along: what the last write brought is not brought again.</param>
    public static async Task ForgetAsync<T>(this IPersistentState<T> state, T nothing) where T : class, ICommittedState
    {
        var before = state.State;
        state.State = nothing;
        try
        {
            await state.ClearStateAsync();
        }
        catch
        {
            state.State = before;
            throw;
        }
    }
}
