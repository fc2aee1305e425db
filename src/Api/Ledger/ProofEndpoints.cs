using System.ComponentModel;
using System.Globalization;
using System.Text;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Audit.Checkpoints;
using ComplianceGrid.Storage.Audit.Search;

namespace ComplianceGrid.Api.Ledger;

/// <summary>Proofs that an entry is in the tenant's log, and that the log only grew.</summary>
internal static class ProofEndpoints
{
    public static void MapProofs(this IEndpointRouteBuilder audit)
    {
        audit.MapGet("/logs/{id:guid}/proof", InclusionAsync).WithName("proveInclusion").Answers(GridError.NotFound).RequirePermission(Permission.AuditRead);
        audit.MapGet("/proof/consistency", ConsistencyAsync).WithName("proveConsistency").Answers(GridError.NotFound, GridError.Invalid).RequirePermission(Permission.AuditRead);
    }

    /// <summary>C2SP tlog-proof, with the newest checkpoint; an entry that none covers yet has one made.</summary>
    private static async Task<TextRepresentation> InclusionAsync(
        Guid id, HttpContext context, AuditReads reads, CheckpointStore checkpoints, Notary notary, LogProofs proofs, CancellationToken ct)
    {
        var tenant = context.Caller().Tenant;
        var entry = await reads.FindAsync(tenant, id, ct) ?? throw new GridException(GridError.NotFound, "The log has no such entry.");
        var (epoch, index) = (entry.Position.Epoch, entry.Position.LeafIndex);
        var checkpoint = await checkpoints.NewestAsync(tenant.Value, epoch, ct);
        if (checkpoint is null || checkpoint.Size <= index) checkpoint = await notary.SignAsync(tenant.Value, epoch, ct) ?? throw LogProofs.Empty;

        var proof = new StringBuilder("c2sp.org/tlog-proof@v1\n").Append(CultureInfo.InvariantCulture, $"index {index}\n");
        foreach (var hash in await proofs.InclusionAsync(tenant.Value, epoch, index, checkpoint.Size, ct)) proof.Append(hash).Append('\n');
        return new(proof.Append('\n').Append(checkpoint.Note).ToString());
    }

    private static async Task<Representation<ConsistencyAnswer>> ConsistencyAsync(
        string? from, string? to, string? epoch, HttpContext context, LogProofs proofs, Notary notary, CancellationToken ct)
    {
        var (first, second) = (LedgerParameters.Size("from", from), LedgerParameters.Size("to", to));
        if (first is null || second is null) throw Fields.Refuse("from and to", "be given: the sizes of two checkpoints");
        var log = await proofs.LogAsync(context.Caller().Tenant.Value, LedgerParameters.Epoch(epoch), ct);
        return Representation.Of(new ConsistencyAnswer
        {
            Origin = notary.OriginOf(log.Tenant, log.Epoch),
            From = first.Value,
            To = second.Value,
            Hashes = await proofs.ConsistencyAsync(log, first.Value, second.Value, ct),
        });
    }
}

/// <summary>RFC 6962 §2.1.2.</summary>
internal sealed record ConsistencyAnswer
{
    [Description("The log, as its checkpoints name it.")]
    public required string Origin { get; init; }
    public required long From { get; init; }
    public required long To { get; init; }
    [Description("Base64. None when from is 0 or the same as to.")]
    public required IReadOnlyList<string> Hashes { get; init; }
}
