using System.Collections.Concurrent;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Security;

/// <summary>
/// What protected health information is read for: on record whenever it is said, and needed where the tenant's policy asks for it. Only
/// whoever may read such information is asked.
/// </summary>
internal sealed class PurposeOfUse(PolicyReads policies, TimeProvider clock)
{
    public const string Header = "X-Purpose-Of-Use";

    /// <summary>For so long a process goes by the policy that it read.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(5);

    private const int MostTenants = 10_000;
    private readonly ConcurrentDictionary<TenantId, (long ReadAt, bool Asks)> _known = new();

    /// <exception cref="GridException"><see cref="GridError.PurposeRequired"/>.</exception>
    public async ValueTask RecordAsync(HttpContext context)
    {
        var caller = context.Caller();
        if (!caller.May(Permission.PhiRead)) return;
        if (context.Request.Headers[Header] is [{ } purpose] && Fields.IsCode(purpose)) context.Audit().Purpose(purpose);
        else if (context.Request.Headers.ContainsKey(Header) || await AsksAsync(caller.Tenant, context.RequestAborted))
            throw new GridException(GridError.PurposeRequired, $"Say in {Header} what this is read for, by a code of 1 to 64 letters, digits, dots, hyphens, underscores or colons, for example TREAT.");
    }

    private async ValueTask<bool> AsksAsync(TenantId tenant, CancellationToken ct)
    {
        if (_known.TryGetValue(tenant, out var known) && clock.GetElapsedTime(known.ReadAt) < Believed) return known.Asks;
        var readAt = clock.GetTimestamp();
        var asks = (await policies.GetAsync(tenant, ct))?.Policy.AsksPurposeOfUse == true;
        if (_known.Count >= MostTenants) _known.Clear();
        _known[tenant] = (readAt, asks);
        return asks;
    }
}

/// <summary>The endpoint's answer may hold protected health information.</summary>
internal sealed record ShowingPhi;

internal static class PurposeOfUseExtensions
{
    public static RouteHandlerBuilder ShowsPhi(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new ShowingPhi(), new OpenApi.Answers(GridError.PurposeRequired))
        .AddEndpointFilter(async (call, next) =>
        {
            await call.HttpContext.RequestServices.GetRequiredService<PurposeOfUse>().RecordAsync(call.HttpContext);
            return await next(call);
        });
}
