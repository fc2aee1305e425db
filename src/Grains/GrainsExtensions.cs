using ComplianceGrid.Policies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ComplianceGrid;

public static class GrainsExtensions
{
    /// <summary>What employee, order and policy grains need besides storage, event log and streams.</summary>
    public static ISiloBuilder AddGridGrains(this ISiloBuilder silo)
    {
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton<PolicyCache>();
        return silo;
    }
}
