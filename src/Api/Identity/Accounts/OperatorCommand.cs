using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Identity.Passwords;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Database;
using Npgsql;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>What <c>accounts</c> and <c>clients</c> have in common: the identity database and the running grid, without serving anybody.</summary>
internal static class OperatorCommand
{
    /// <param name="act">Does it, and prints what it did.</param>
    /// <param name="options">Configuration as on a host's command line.</param>
    /// <returns>The process' exit code: 0 done, 2 not possible.</returns>
    public static async Task<int> RunAsync(Func<IServiceProvider, Task> act, TextWriter error, string[] options)
    {
        var builder = WebApplication.CreateBuilder(options);
        builder.AddGridDefaults("api");
        builder.AddGridClient();
        builder.Services.AddGridDataSource("Grid");
        builder.AddAccounts();
        builder.AddPasswords();
        builder.Services.AddClients();
        await using var app = builder.Build();
        await using var scope = app.Services.CreateAsyncScope();
        try
        {
            await act(scope.ServiceProvider);
            return 0;
        }
        catch (GridException refusal) when (refusal.Error is GridError.Invalid or GridError.AlreadyExists)
        {
            return await FailAsync(error, refusal.Message);
        }
        catch (Exception e) when (e is GridException or OperationCanceledException or OrleansException)
        {
            return await FailAsync(error, "The grid, which must put it on record first, cannot be reached: nothing was done but what is printed.");
        }
        catch (Exception e) when ((e as NpgsqlException ?? e.InnerException as NpgsqlException) is { } database) // as EF Core wraps what may pass
        {
            return await FailAsync(error, database.Message);
        }
    }

    /// <returns>Null: one is not known, comes twice, or has no value.</returns>
    public static Dictionary<string, string>? Options(ReadOnlySpan<string> args, string[] known)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (; args is [var name, var value, .. var rest]; args = rest)
            if (!known.Contains(name) || !given.TryAdd(name, value)) return null;
        return args.IsEmpty ? given : null;
    }

    public static async Task<int> FailAsync(TextWriter error, string message)
    {
        await error.WriteLineAsync(message);
        return 2;
    }
}
