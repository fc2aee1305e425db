namespace ComplianceGrid.Storage.Audit.Search;

/// <summary>Entries of a tenant's log, newest first. Null: not filtered by it.</summary>
public sealed record AuditQuery
{
    /// <summary>On record at this instant or later: without a beginning every month would be looked through.</summary>
    public required DateTimeOffset From { get; init; }
    /// <summary>On record before it.</summary>
    public DateTimeOffset? To { get; init; }
    public string? User { get; init; }
    /// <summary>As stored, for example <c>LOGIN_FAILED</c>.</summary>
    public string? Action { get; init; }
    public string? Resource { get; init; }
    public string? ResourceId { get; init; }
    /// <summary>The entry's own id, or that of the record that it is about.</summary>
    public string? Id { get; init; }
    /// <summary><c>SUCCESS</c> or <c>FAILURE</c>.</summary>
    public string? Result { get; init; }
    public string? RequestId { get; init; }
    public string? Address { get; init; }
    /// <summary>The last row of the page before; null: the first page.</summary>
    public AuditPosition? After { get; init; }
    public required int Limit { get; init; }
}

/// <summary>Where an entry stands in its tenant's logs: what is appended later stands before it, so pages do not move.</summary>
public sealed record AuditPosition(DateTimeOffset CreatedAt, int Epoch, long LeafIndex);

/// <summary>An entry as the log holds it.</summary>
/// <param name="Record">The leaf: RFC 8785 JSON.</param>
public sealed record StoredEntry(Guid Id, AuditPosition Position, byte[] Record);

/// <summary>What a query found, counted by action.</summary>
/// <param name="First">When the earliest of all went on record; null: there is none.</param>
/// <param name="IsComplete">False: only the newest <see cref="AuditReads.MostCounted"/> were counted.</param>
public sealed record AuditCounts(DateTimeOffset? First, DateTimeOffset? Last, IReadOnlyDictionary<string, long> ByAction, bool IsComplete);
