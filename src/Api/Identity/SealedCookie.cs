using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ComplianceGrid.Api.Identity;

internal static class SealedCookie
{
    /// <summary>What a cookie of ours says. Null: there is none, or it is made up, of another key, changed, or too old.</summary>
    public static string? Read(this ITimeLimitedDataProtector protector, HttpContext context, string cookie, int longest)
    {
        if (context.Request.Cookies[cookie] is not { Length: > 0 } value || value.Length > longest) return null;
        try
        {
            return protector.Unprotect(value);
        }
        catch (CryptographicException)
        {
            return null; // nobody's: whoever brought it is a stranger
        }
    }
}
