using System.Collections.Immutable;
using System.ComponentModel;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;
using ComplianceGrid.Storage.Audit.Search;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ComplianceGrid.Api.AuditLog.Monitoring;

/// <summary>
/// Those of the host's health checks that the audit log depends on, and when the tenant's log last took an entry. Without the store it
/// still answers: the spool stands in, so auditing is degraded, not gone.
/// </summary>
internal sealed class AuditHealth(HealthCheckService checks, LogFigures figures, Spool spool, TimeProvider clock)
{
    public async Task<AuditHealthAnswer> AskAsync(TenantId tenant, CancellationToken ct)
    {
        var report = await checks.CheckHealthAsync(check => check.Name.Contains("audit", StringComparison.OrdinalIgnoreCase), ct);
        var store = report.Entries.TryGetValue("database:Audit", out var check) && check.Status == HealthStatus.Healthy;
        var now = clock.GetUtcNow();
        return new()
        {
            Status = report.Status == HealthStatus.Healthy ? AuditHealthStatus.Healthy : AuditHealthStatus.Degraded,
            Checks = [.. report.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry =>
                new AuditCheckAnswer(entry.Key, entry.Value.Status == HealthStatus.Healthy, entry.Value.Exception is null ? entry.Value.Description : "It does not answer."))],
            StoreAnswers = store,
            NewestAt = store ? (await figures.SizeAsync(tenant, ct)).NewestAt : null,
            Spool = SpoolAnswer.Of(spool.Figures, now),
        };
    }
}

internal enum AuditHealthStatus { Healthy, Degraded }

internal sealed record AuditHealthAnswer
{
    public required AuditHealthStatus Status { get; init; }
    [Description("The audit database answers, and its schema is this build's.")]
    public required bool StoreAnswers { get; init; }
    [Description("When your log last took an entry; absent: never, or the store does not answer.")]
    public DateTimeOffset? NewestAt { get; init; }
    public required SpoolAnswer Spool { get; init; }
    public required ImmutableArray<AuditCheckAnswer> Checks { get; init; }
}

internal sealed record AuditCheckAnswer(string Name, bool IsHealthy, string? Description);
