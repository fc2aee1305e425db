using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace ComplianceGrid.Placement;

/// <summary>With no silo of the role alive there is no place: callers wait in outbox and spool, and nothing crosses the boundary.</summary>
internal sealed class AuditSilosDirector(ISiloMetadataCache silos, GridPlacement placement) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> among) =>
        placement.ConfinesAudit ? among.Where(silo => silos.GetSiloMetadata(silo).Metadata.GetValueOrDefault(GridPlacement.RoleKey) == GridPlacement.AuditRole) : among;
}
