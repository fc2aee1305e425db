namespace ComplianceGrid.Storage.GrainState;

/// <summary>
/// Orleans wraps what a storage throws in an exception whose text holds the whole trace. A caller gets the refusal itself.
/// </summary>
internal sealed class RefusalFilter : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (OrleansException e) when (e.InnerException is GridException refusal)
        {
            throw new GridException(refusal.Error, refusal.Message);
        }
    }
}
