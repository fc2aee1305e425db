using Orleans.Placement;

namespace ComplianceGrid.Placement;

/// <summary>The grain lives on silos of the role <see cref="GridPlacement.AuditRole"/>, where <see cref="GridPlacement.ConfinesAudit"/> says so.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class AuditSilosAttribute() : PlacementFilterAttribute(new AuditSilos());

/// <summary>Its marker among the grain type's properties.</summary>
internal sealed class AuditSilos() : PlacementFilterStrategy(order: 0);
