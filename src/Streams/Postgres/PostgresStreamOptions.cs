namespace ComplianceGrid.Streams.Postgres;

/// <summary>Streams over the event log of the grid's database: the options that every transport has.</summary>
public sealed class PostgresStreamOptions : GridStreamOptions;
