using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// The cookie of a device that has signed in before, to one account. It proves nothing of who holds it: only that strangers, who have
/// none, cannot lock its owner out.
/// </summary>
internal sealed class KnownDevice(IDataProtectionProvider protection)
{
    public const string Cookie = "__Host-device";
    private const int Longest = 1024;
    private static readonly TimeSpan Life = TimeSpan.FromDays(180);
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("known-device").ToTimeLimitedDataProtector();

    /// <summary>Its id, if the cookie is one that this account was given; null: a stranger's.</summary>
    public string? Read(HttpContext context, string normalizedName) =>
        _protector.Read(context, Cookie, Longest)?.Split('\n') is [var name, var id] && name == normalizedName ? id : null;

    public string Remember(HttpContext context, string normalizedName, string? known)
    {
        var id = known ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        context.Response.Cookies.Append(Cookie, _protector.Protect($"{normalizedName}\n{id}", Life), new()
        {
            HttpOnly = true,
            Secure = true,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            MaxAge = Life,
            IsEssential = true,
        });
        return id;
    }
}
