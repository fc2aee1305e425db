using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.Audit;

/// <summary>What one endpoint leaves in the audit log.</summary>
internal sealed record AuditLine(string Resource, AuditAction Action)
{
    /// <summary>Bytes kept free in the spool before the act, for the entries that it may leave.</summary>
    public const int UsualRoom = 8 << 10;

    public AuditSource Source { get; init; } = AuditSource.Request;

    /// <summary>
    /// Reads of health or personal data, authentication events, acts on the audit log itself: on record within a quarter of a second, in
    /// the store or in the spool. Refusals always are.
    /// </summary>
    public bool IsProtected { get; init; }

    /// <summary>What is sealed in the entry, under whose key.</summary>
    public PersonalDetail Personal { get; init; }

    public int Room { get; init; } = UsualRoom;
}

/// <summary>Where the entry of a success is written. That of a failure, and of a change that changed nothing, is always the request's.</summary>
internal enum AuditSource
{
    /// <summary>By the request, before its answer leaves.</summary>
    Request,
    /// <summary>In the grain's own transaction, with the change.</summary>
    Grain,
    /// <summary>By the request, one for each record that the answer is about.</summary>
    RequestPerRecord,
}

/// <summary>Personal detail of an entry.</summary>
internal enum PersonalDetail
{
    None,
    /// <summary>The query string of the request, and what its path names besides an id, under the key of who asked: what was searched for may be a person.</summary>
    Query,
    /// <summary>The record before and after, under the key of the person whom it is about.</summary>
    BeforeAndAfter,
    /// <summary>What the sender of an entry gave as before, after, query, reason and message, under the key of the person it names.</summary>
    Given,
}
