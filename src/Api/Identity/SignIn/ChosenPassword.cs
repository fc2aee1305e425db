using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Passwords;
using ComplianceGrid.Storage.Identity;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>A password that somebody chooses: held to the rules, and hashed.</summary>
internal sealed class ChosenPassword(AccountDirectory accounts, PasswordHasher hasher, IOptions<PasswordOptions> options)
{
    /// <param name="memberships">Of the account: its tenants' names are words that a password may not lean on.</param>
    /// <exception cref="GridException"><see cref="GridError.Invalid"/>, with every reason; <see cref="GridError.Busy"/>.</exception>
    public async Task<string> HashAsync(Account account, IEnumerable<Membership> memberships, string password, CancellationToken ct)
    {
        var own = OwnWords.Of([account.UserName, account.Email, account.DisplayName, .. memberships.Select(membership => membership.Tenant.Value)]);
        var kept = await accounts.PasswordsAsync(account.Id, options.Value.History, ct);
        if (await PasswordRules.RefusalsAsync(password, own, kept, options.Value, hasher.IsAmongAsync, ct) is { Count: > 0 } refusals)
            throw new GridException(GridError.Invalid, $"The password is not taken. {string.Join(" ", refusals)}");
        return await hasher.HashAsync(password, ct);
    }

    /// <param name="seen">The hash in force that it follows.</param>
    /// <returns>False: another one was set meanwhile.</returns>
    public Task<bool> SetAsync(Account account, string seen, string hash, CancellationToken ct) => accounts.SetPasswordAsync(account.Id, seen, hash, options.Value.History, ct);

    /// <summary>By a one-time token, which is marked by it, both or neither.</summary>
    /// <returns>False: the token was used meanwhile, or is too old.</returns>
    public Task<bool> SetByAsync<T>(string token, T seen, T marked, Account account, string hash, CancellationToken ct) =>
        accounts.SetPasswordByAsync(token, seen, marked, account.Id, hash, options.Value.History, ct);
}
