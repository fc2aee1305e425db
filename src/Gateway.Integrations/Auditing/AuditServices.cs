using ComplianceGrid.ServiceDefaults.Loops;

namespace ComplianceGrid.Gateway.Auditing;

internal static class AuditServices
{
    public static IServiceCollection AddRefusalAudit(this IServiceCollection services) => services
        .AddSingleton<RefusalLedger>()
        .AddGridLoop(RefusalLoop.LoopName, provider => ActivatorUtilities.CreateInstance<RefusalLoop>(provider));
}
