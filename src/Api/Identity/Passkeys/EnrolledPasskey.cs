using System.Text.Json;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.SignIn;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.Passkeys;

/// <summary>A passkey that is being enrolled, as the first one or beside others.</summary>
internal static class EnrolledPasskey
{
    public static PasskeyUserEntity EntityOf(Account account) =>
        new() { Id = account.Id.ToString("D"), Name = account.UserName!, DisplayName = account.DisplayName ?? account.UserName! };

    /// <exception cref="GridException"><see cref="GridError.Invalid"/>.</exception>
    public static async Task<UserPasskeyInfo> VerifyAsync(IPasskeyHandler<Account> passkeys, HttpContext context, Account account, JsonElement credential, string? state)
    {
        var result = await passkeys.PerformAttestationAsync(new() { HttpContext = context, CredentialJson = credential.GetRawText(), AttestationState = state });
        PasskeyFaults.Rethrow(result.Failure);
        return result.Succeeded && result.UserEntity.Id == account.Id.ToString("D") && result.Passkey.IsUserVerified
            ? result.Passkey
            : throw new GridException(GridError.Invalid, "The passkey could not be verified. Begin again, and let the device ask for its PIN or fingerprint.");
    }
}
