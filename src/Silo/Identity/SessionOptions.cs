using System.ComponentModel.DataAnnotations;
using ComplianceGrid.Identity;

namespace ComplianceGrid.Silo.Identity;

/// <summary>Section <c>Sessions</c>: how long a session lives, and how many an account has (NIST SP 800-53 AC-10, AC-11, AC-12).</summary>
internal sealed class SessionOptions
{
    public const string Section = "Sessions";

    /// <summary>Minutes without activity after which it ends.</summary>
    [Range(2, 1440)]
    public int IdleMinutes { get; set; } = 15;

    /// <summary>Hours after which it ends whatever is done in it.</summary>
    [Range(1, 168)]
    public int AbsoluteHours { get; set; } = 12;

    /// <summary>The same of a session with a privileged role.</summary>
    [Range(1, 168)]
    public int PrivilegedHours { get; set; } = 1;

    /// <summary>Sessions of one account, over all tenants: one more ends the oldest.</summary>
    [Range(1, 20)]
    public int AtOnce { get; set; } = 3;

    /// <summary>Hours for which a session that ended can be asked how; longer than any token of it lives.</summary>
    [Range(1, 720)]
    public int KeepEndedHours { get; set; } = 24;

    public SessionLimits Limits => new()
    {
        Idle = TimeSpan.FromMinutes(IdleMinutes),
        Absolute = TimeSpan.FromHours(AbsoluteHours),
        PrivilegedAbsolute = TimeSpan.FromHours(PrivilegedHours),
        AtOnce = AtOnce,
        KeepEnded = TimeSpan.FromHours(KeepEndedHours),
    };
}
