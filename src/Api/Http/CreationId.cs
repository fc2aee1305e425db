using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Outbox;

namespace ComplianceGrid.Api.Http;

/// <summary>
/// The id of what a POST creates: the caller's own; else derived from caller and Idempotency-Key, so that a retry names the same
/// record in every process and after every restart, with nothing to remember; else a new one.
/// </summary>
internal static class CreationId
{
    public const string Header = "Idempotency-Key";

    public static Guid Of(HttpRequest request, Caller caller, Guid? given, string kind, TimeProvider clock)
    {
        if (given == Guid.Empty) throw Fields.Refuse("id", "not be the nil UUID");
        var key = request.Headers[Header];
        if (key.Count > 1) throw Fields.Refuse(Header, "be sent once");
        if (key.Count == 1) Fields.Text(Header, key[0], 255);
        return given ?? (key.Count == 1
            ? DerivedId.Of("created", kind, caller.Tenant.Value, caller.User, key[0]!)
            : Guid.CreateVersion7(clock.GetUtcNow()));
    }

    /// <summary>Whether the record can be there already: a new id cannot.</summary>
    public static bool CanRepeat(HttpRequest request, Guid? given) => given is not null || request.Headers.ContainsKey(Header);
}

internal static class Existing
{
    public static async Task<bool> IsAsync(Task read)
    {
        try
        {
            await read;
            return true;
        }
        catch (GridException none) when (none.Error == GridError.NotFound)
        {
            return false;
        }
    }
}
