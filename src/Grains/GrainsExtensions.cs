using ComplianceGrid.Identity;
using ComplianceGrid.Policies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ComplianceGrid;

public static class GrainsExtensions
{
    /// <summary>What the grains need besides storage, event log and streams.</summary>
    public static ISiloBuilder AddGridGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<PolicyCache>();
        silo.Services.TryAddSingleton(new LockOutLimits());
        silo.Services.TryAddSingleton(new AddressLimits());
        silo.Services.TryAddSingleton(new SessionLimits());
        return silo;
    }
}
