using System.Collections.Immutable;
using ComplianceGrid.Audit;
using Microsoft.AspNetCore.Http;

namespace ComplianceGrid.ServiceDefaults.Auditing.Requests;

/// <summary>What requests of a host leave in the audit log.</summary>
public interface IRequestAudit
{
    /// <summary>Null: a request to this address leaves nothing.</summary>
    IRequestRecord? Begin(HttpContext context);
}

/// <summary>What one request leaves. Disposed when its answer is decided.</summary>
public interface IRequestRecord : IDisposable
{
    /// <summary>The entries, now that the answer is known. Of one tenant; none when they ride in a transaction of the act.</summary>
    /// <param name="durationMs">Milliseconds that the request took.</param>
    ImmutableArray<AuditEntry> Entries(HttpContext context, DateTimeOffset started, int durationMs);

    /// <summary>Whether they must be durable within a quarter of a second. Asked after <see cref="Entries"/>.</summary>
    bool IsProtected { get; }
}
