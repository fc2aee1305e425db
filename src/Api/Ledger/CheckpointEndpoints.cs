using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Audit.Checkpoints;

namespace ComplianceGrid.Api.Ledger;

/// <summary>Checkpoints of the tenant's log, and the keys that they are signed with.</summary>
internal static class CheckpointEndpoints
{
    public static void MapCheckpoints(this IEndpointRouteBuilder audit)
    {
        audit.MapGet("/checkpoint", GetAsync).WithName("getCheckpoint").Answers(GridError.NotFound, GridError.Invalid).RequirePermission(Permission.AuditRead);
        audit.MapPost("/checkpoint", SignAsync).WithName("makeCheckpoint").Answers(GridError.NotFound).RequirePermission(Permission.AuditCheckpoint);
        audit.MapGet("/keys", KeysAsync).WithName("getLedgerKeys").RequirePermission(Permission.AuditRead);
    }

    private static async Task<TextRepresentation> GetAsync(string? size, string? epoch, HttpContext context, CheckpointStore checkpoints, LogProofs logs, CancellationToken ct)
    {
        var tenant = context.Caller().Tenant.Value;
        var log = await logs.LogAsync(tenant, LedgerParameters.Epoch(epoch), ct);
        var found = LedgerParameters.Size("size", size) is { } exactly
            ? await checkpoints.FindAsync(tenant, log.Epoch, exactly, ct)
            : await checkpoints.NewestAsync(tenant, log.Epoch, ct);
        return new(found?.Note ?? throw new GridException(GridError.NotFound, "The log has no such checkpoint. POST /audit/checkpoint makes one of what it is now."));
    }

    private static async Task<TextRepresentation> SignAsync(HttpContext context, Notary notary, CancellationToken ct) =>
        new((await notary.SignAsync(context.Caller().Tenant.Value, null, ct) ?? throw LogProofs.Empty).Note);

    private static async Task<TextRepresentation> KeysAsync(Notary notary, CancellationToken ct) =>
        new(string.Concat((await notary.KeysAsync(ct)).Select(key => $"{key}\n")));
}
