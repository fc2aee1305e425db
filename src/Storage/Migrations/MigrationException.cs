namespace ComplianceGrid.Storage.Migrations;

/// <summary>A migration failed; its own transaction was rolled back, those before it stand. The inner exception is PostgreSQL's.</summary>
public sealed class MigrationException(string script, Exception inner)
    : Exception($"Migration {script} failed: {inner.Message}", inner)
{
    /// <summary>For example <c>0003_grain_state.sql</c>.</summary>
    public string Script { get; } = script;
}
