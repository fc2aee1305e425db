namespace ComplianceGrid.Storage.Parking;

/// <summary>What was given up, kept with its reason until a person has it tried again.</summary>
public interface IParkedItems
{
    /// <summary>Those still parked, oldest first.</summary>
    /// <param name="tenant">Null: of all.</param>
    /// <param name="after">The last id of the page before; null: from the oldest.</param>
    Task<IReadOnlyList<ParkedItem>> ListAsync(string? tenant, string? after, int max, CancellationToken ct);

    /// <summary>Null: nothing is parked under this id (any more).</summary>
    Task<ParkedItem?> FindAsync(string id, CancellationToken ct);

    /// <summary>Has it tried again as if it were new, and records who wanted that. False: nothing is parked under this id (any more), or it is nothing that could be tried.</summary>
    /// <param name="actor">For the audit log, for example <c>operator:root</c>.</param>
    Task<bool> ReplayAsync(string id, string actor, CancellationToken ct);
}

/// <summary>A parked item as an operator sees it: ids, codes and times, nothing of what it holds.</summary>
/// <param name="Id">A webhook's row number, or an event's UUID.</param>
/// <param name="Kind"><c>webhook</c> or <c>event</c>.</param>
/// <param name="Vendor">Null: an event, which may have several causes.</param>
/// <param name="Tenant"><c>-</c>: nothing tells it.</param>
/// <param name="EventId">What its sender calls it; <c>-</c>: that cannot be read.</param>
/// <param name="Subject">What it is about: the vendor's object, or the grain's stream.</param>
/// <param name="Attempts">How often it was tried before it was given up.</param>
/// <param name="Reason">The last error.</param>
public sealed record ParkedItem(
    string Id, string Kind, string Tenant, string? Vendor, string EventId, string Subject, int Attempts, string Reason, DateTimeOffset ParkedAt);
