using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Limits;

internal enum RateKind { User, Client, Tenant, Address }

/// <summary>Whose requests are counted together.</summary>
/// <param name="Tenant">Null: an address's, which is of no tenant.</param>
internal readonly record struct RateKey(RateKind Kind, string? Tenant, string Id)
{
    /// <summary>The counting grain's key. A hash, so that no name and no address stands in a log line about a grain.</summary>
    public string Grain
    {
        get
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Kind}\n{Id}"));
            return TenantKeys.Format(new TenantId(Tenant ?? TenantId.System.Value), new Guid(hash.AsSpan(0, 16)));
        }
    }
}

/// <summary>A limit by its name in the answer's headers.</summary>
internal sealed record RateQuota(string Name, long Limit, TimeSpan Window)
{
    /// <summary>Permits that a process asks for at once, and lets through in a window before it asks at all: a twentieth. A limit below 20 is asked for one by one.</summary>
    public long Chunk => Math.Max(1, Limit / 20);
    public long Advance => Limit / 20;
    /// <summary>As <c>RateLimit-Policy</c> has it.</summary>
    public string Policy { get; } = string.Create(null, $"\"{Name}\";q={Limit};w={(int)Window.TotalSeconds}");
}

/// <param name="Remaining">As far as this process knows.</param>
internal readonly record struct RateVerdict(bool IsAllowed, RateQuota Quota, long Remaining, TimeSpan ResetsIn)
{
    /// <summary>Whole seconds, and never none.</summary>
    public int ResetSeconds => Math.Max(1, (int)Math.Ceiling(ResetsIn.TotalSeconds));
}
