using System.ComponentModel.DataAnnotations;
using ComplianceGrid.ServiceDefaults.Auditing.Spooling;

namespace ComplianceGrid.ServiceDefaults.Auditing.Trail;

/// <summary>Section <c>AuditTrail</c>: how a host's audit entries reach their store.</summary>
public sealed class AuditTrailOptions
{
    public const string Section = "AuditTrail";

    /// <summary>Seconds that the store has for reads of protected data, authentication events and refusals, before they go to the spool.</summary>
    [Range(0.01, 30)]
    public double ProtectedSeconds { get; set; } = 0.25;

    /// <summary>The same for everything else.</summary>
    [Range(0.01, 30)]
    public double PlainSeconds { get; set; } = 1;

    /// <summary>Entries of one lane that may wait for the store; further ones go to the spool at once.</summary>
    [Range(1, 1_000_000)]
    public int Capacity { get; set; } = 20_000;

    /// <summary>Entries handed over in one call.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 1_000;

    /// <summary>Seconds after which a log that refused entries is offered them again.</summary>
    [Range(0.1, 3600)]
    public double RefusedRetrySeconds { get; set; } = 10;

    /// <summary>What happens to a request when its entry could not be kept (AU-5).</summary>
    public AuditFailureMode OnFailure { get; set; } = AuditFailureMode.Closed;

    /// <summary>The same for single tenants, by tenant id.</summary>
    public Dictionary<string, AuditFailureMode> OnFailureOf { get; } = new(StringComparer.Ordinal);

    /// <summary>There is no room: whether this tenant's request is refused. It is counted either way.</summary>
    internal bool Refuses(string tenant)
    {
        var mode = OnFailureOf.TryGetValue(tenant, out var own) ? own : OnFailure;
        SpoolTelemetry.NoRoom.Add(1, new KeyValuePair<string, object?>("mode", mode));
        return mode == AuditFailureMode.Closed;
    }
}

/// <summary>NIST SP 800-53 AU-5: response to audit logging process failures.</summary>
public enum AuditFailureMode
{
    /// <summary>Without room for its entry nothing is done: 503.</summary>
    Closed,
    /// <summary>It is done without an entry, and an alarm is raised.</summary>
    Open,
}
