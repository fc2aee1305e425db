using ComplianceGrid.Identity;
using ComplianceGrid.Placement;
using ComplianceGrid.Policies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace ComplianceGrid;

public static class GrainsExtensions
{
    /// <summary>What the grains need besides storage, event log and streams.</summary>
    /// <param name="placement">Null: anywhere.</param>
    public static ISiloBuilder AddGridGrains(this ISiloBuilder silo, GridPlacement? placement = null)
    {
        placement ??= new();
        silo.UseSiloMetadata(placement.Metadata);
        silo.Services.AddSingleton(placement);
        silo.Services.AddPlacementFilter<AuditSilos, AuditSilosDirector>(ServiceLifetime.Singleton);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<PolicyCache>();
        silo.Services.TryAddSingleton(new LockOutLimits());
        silo.Services.TryAddSingleton(new AddressLimits());
        silo.Services.TryAddSingleton(new SessionLimits());
        return silo;
    }
}
