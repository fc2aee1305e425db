using Microsoft.AspNetCore.DataProtection;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>Seals the secrets of authenticator apps at rest, each for its account.</summary>
internal sealed class TotpSecrets(IDataProtectionProvider protection)
{
    public string Seal(Guid account, byte[] secret) => Convert.ToBase64String(Of(account).Protect(secret));

    public byte[] Open(Guid account, string kept) => Of(account).Unprotect(Convert.FromBase64String(kept));

    private IDataProtector Of(Guid account) => protection.CreateProtector("totp-secret", account.ToString("D"));
}
