using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Postgresql;
using Npgsql;

namespace ComplianceGrid.Storage.Migrations;

internal sealed class Migrator(MigrationSet set, string connectionString, Action<string>? applied)
{
    private static readonly TimeSpan ScriptTimeout = TimeSpan.FromMinutes(10);

    public int Run()
    {
        var scripts = set.Scripts();
        if (scripts.IsEmpty) return 0;

        // A session of its own holds the lock: DbUp opens and closes connections as it likes.
        using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            CommandTimeout = (int)ScriptTimeout.TotalSeconds,
        });
        using var session = source.OpenConnection();
        using (var wait = new NpgsqlCommand("SELECT pg_advisory_lock($1)", session))
        {
            wait.Parameters.Add(new() { Value = set.LockId });
            wait.ExecuteNonQuery();
        }

        Execute(session, set.PrepareSql);
        var engine = PostgresqlExtensions
            .PostgresqlDatabase(new PostgresqlConnectionManager(source), set.Schema)
            .JournalToPostgresqlTable(set.Schema, MigrationSet.JournalTable)
            .WithScripts(scripts)
            .WithTransactionPerScript()
            .WithVariablesDisabled()
            .WithExecutionTimeout(ScriptTimeout)
            .LogTo(new NoOpUpgradeLog())
            .Build();
        engine.ScriptExecuted += (_, e) => applied?.Invoke(((ScriptExecutedEventArgs)e).Script.Name);
        var result = engine.PerformUpgrade();
        if (!result.Successful) throw new MigrationException(result.ErrorScript?.Name ?? "journal", result.Error);

        Execute(session, set.JournalSql);
        return result.Scripts.Count();
    }

    private static void Execute(NpgsqlConnection session, string sql)
    {
#pragma warning disable CA2100 // Both texts are constants of MigrationSet.
        using var command = new NpgsqlCommand(sql, session);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
