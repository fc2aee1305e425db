using ComplianceGrid.Storage.Sql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>
/// What a caller, who may be another process, reads of a call that failed: Orleans wraps what a storage throws in an exception whose text holds the
/// whole trace, and the database's own exceptions cannot leave this process. It gets the refusal itself.
/// </summary>
internal sealed partial class RefusalFilter(ILogger<RefusalFilter> log) : IIncomingGrainCallFilter
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
        catch (NpgsqlException e)
        {
            LogFailed(e, context.InterfaceName, context.MethodName);
            throw DatabaseErrors.Refusal(e, "The database refused a statement");
        }
    }

    [LoggerMessage(4008, LogLevel.Error, "A call of {Interface}.{Method} failed, because the database did")]
    private partial void LogFailed(NpgsqlException exception, string @interface, string method);
}
