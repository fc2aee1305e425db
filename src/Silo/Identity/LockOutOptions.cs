using System.ComponentModel.DataAnnotations;
using ComplianceGrid.Identity;

namespace ComplianceGrid.Silo.Identity;

/// <summary>Section <c>LockOut</c>: when a name is locked (NIST SP 800-53 AC-7; the defaults are FedRAMP's of revision 4).</summary>
internal sealed class LockOutOptions
{
    public const string Section = "LockOut";

    /// <summary>Failed tries within the window that lock.</summary>
    [Range(1, 10)]
    public int Tries { get; set; } = 3;

    /// <summary>Minutes in which they count.</summary>
    [Range(1, 1440)]
    public int WindowMinutes { get; set; } = 15;

    /// <summary>Minutes for which the name is locked then.</summary>
    [Range(1, 1440)]
    public int LockMinutes { get; set; } = 30;

    /// <summary>Days for which a device that signed in has a counter of its own.</summary>
    [Range(1, 400)]
    public int RememberDays { get; set; } = 90;

    /// <summary>Failed tries from one network address (an IPv4 address, or an IPv6 /64) within its window, after which it waits. Never a lock: many people may share one.</summary>
    [Range(1, 1_000_000)]
    public int AddressFailures { get; set; } = 100;

    /// <summary>Minutes in which they count.</summary>
    [Range(1, 1440)]
    public int AddressWindowMinutes { get; set; } = 15;

    public AddressLimits OfAddresses => new() { Failures = AddressFailures, Window = TimeSpan.FromMinutes(AddressWindowMinutes) };

    public LockOutLimits Limits => new()
    {
        Tries = Tries,
        Window = TimeSpan.FromMinutes(WindowMinutes),
        Lock = TimeSpan.FromMinutes(LockMinutes),
        Remember = TimeSpan.FromDays(RememberDays),
    };
}
