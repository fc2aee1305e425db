using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>Seals at rest, each for its account, what factors are made of: the secrets of authenticator apps, the numbers of telephones.</summary>
internal sealed class FactorSeals(IDataProtectionProvider protection)
{
    private const string Totp = "totp-secret", Telephone = "telephone";

    public string SealSecret(Guid account, byte[] secret) => Convert.ToBase64String(Of(Totp, account).Protect(secret));

    public byte[] OpenSecret(Guid account, string kept) => Of(Totp, account).Unprotect(Convert.FromBase64String(kept));

    public string SealNumber(Guid account, string number) => Convert.ToBase64String(Of(Telephone, account).Protect(Encoding.ASCII.GetBytes(number)));

    public string OpenNumber(Guid account, string kept) => Encoding.ASCII.GetString(Of(Telephone, account).Unprotect(Convert.FromBase64String(kept)));

    private IDataProtector Of(string use, Guid account) => protection.CreateProtector(use, account.ToString("D"));
}
