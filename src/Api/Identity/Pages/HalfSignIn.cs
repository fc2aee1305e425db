using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Api.Identity.Server;
using ComplianceGrid.Api.Identity.SignIn;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.Pages;

/// <summary>What a browser has to remember between password and second factor.</summary>
/// <param name="Offer">The secret and address of an app that is being enrolled.</param>
/// <param name="SentTo">The telephone, masked, that a code was sent to: to sign in by, or to enroll it.</param>
/// <param name="IsProved">A factor was enrolled, and so proved, just now: only the tenant may be left to choose.</param>
public sealed record HalfSignIn(
    string TempToken, ImmutableArray<string> Methods, ImmutableArray<string> Enroll, ImmutableArray<string> Tenants, AppOffer? Offer, string? SentTo, bool IsProved, string? Return)
{
    /// <summary>Those that are typed: a code that is sent can be typed once it was.</summary>
    public ImmutableArray<string> TypedMethods => [.. Methods.Where(method => method is SignInMethods.Totp or SignInMethods.RecoveryCode || (method == SignInMethods.Sms && SentTo is not null))];

    public bool TakesSms => Methods.Contains(SignInMethods.Sms);

    public bool EnrollsTelephone => !IsProved && Enroll.Contains(SignInMethods.Sms);

    /// <summary>To sign in by, or as the first factor.</summary>
    public bool TakesPasskey => !IsProved && (Methods.Contains(SignInMethods.Passkey) || Enroll.Contains(SignInMethods.Passkey));

    /// <summary>Of a factor that was enrolled just now. Roles that demand a passkey cannot use them.</summary>
    public bool TakesRecoveryCodes => Enroll.Contains(SignInMethods.Totp);
}

public sealed record AppOffer(string Secret, string Uri);

/// <summary>Keeps it in a sealed cookie: an address is seen by others, and kept in histories.</summary>
internal sealed class HalfSignIns(IDataProtectionProvider protection, IOptions<AuthorizationServerOptions> options)
{
    public const string Cookie = "__Host-sign-in";
    private const int Longest = 8 << 10;
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("half-sign-in").ToTimeLimitedDataProtector();

    public void Keep(HttpContext context, HalfSignIn half)
    {
        var life = TimeSpan.FromMinutes(options.Value.SignInMinutes);
        context.Response.Cookies.Append(Cookie, _protector.Protect(JsonSerializer.Serialize(half), life), PageCookies.Options(life));
    }

    public HalfSignIn? Find(HttpContext context) => _protector.Read(context, Cookie, Longest) is { } half ? JsonSerializer.Deserialize<HalfSignIn>(half) : null;

    public static void Forget(HttpContext context) => context.Response.Cookies.Delete(Cookie, PageCookies.Options());
}
