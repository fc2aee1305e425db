using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.SecondFactors;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Storage.Identity;
using Microsoft.Extensions.Options;
using AuthenticationOptions = ComplianceGrid.Api.Security.AuthenticationOptions;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// Sends a code to a telephone, in the midst of a sign-in that alone it is good for; the newest one counts. How many are sent for an account is
/// limited: whoever knows a password only must not wake somebody all night, or run up a bill.
/// </summary>
internal sealed class SmsCodes(
    SignInCompletion signIns, FactorDemands demands, OneTimeTokens tokens, FactorStore factorStore, Memberships memberships, FactorSeals seals, SecondFactorKey key, ISmsSender sender,
    TimeProvider clock, IOptions<SecondFactorOptions> options, IOptions<AuthenticationOptions> authentication)
{
    /// <summary>To the account's own telephone.</summary>
    public async Task<SmsAnswer> SendAsync(HttpContext context, string? tempToken, CancellationToken ct)
    {
        var (account, pending) = await signIns.PendingAsync(tempToken, ct);
        var mine = await memberships.OfAccountAsync(account.Id, ct);
        if (mine.Count > 0) context.Audit().Member(mine[0]);
        var factors = await factorStore.OfAsync(account.Id, ct);
        if (!SignInMethods.Usable(factors, await demands.DemandPasskeyAsync(mine, ct), sender.IsOn).Contains(SignInMethods.Sms))
            throw new GridException(GridError.Forbidden, "No codes are sent to a telephone in this sign-in: see the methods that it was answered with.");
        return await SendAsync(context, tempToken!, account, pending, pending with { Telephone = null }, seals.OpenNumber(account.Id, factors.Telephone!), ct);
    }

    /// <param name="next">The sign-in as it goes on, but for the code.</param>
    /// <exception cref="GridException"><see cref="GridError.TooManyRequests"/>, <see cref="GridError.Unavailable"/>: not sent.</exception>
    public async Task<SmsAnswer> SendAsync(HttpContext context, string tempToken, Account account, PendingSignIn seen, PendingSignIn next, string number, CancellationToken ct)
    {
        var (limits, issuer) = (options.Value.Sms, options.Value.Issuer);
        if (await factorStore.CountSmsAsync(account.Id, limits.PerHour, ct) is { } wait)
        {
            GridProblems.RetryAfter(context, wait);
            throw new GridException(GridError.TooManyRequests, "Too many codes were sent for this account. Use another factor, or try again after as many seconds as Retry-After says.");
        }

        var (code, kept) = SmsCode.Issue(key, account.Id, limits, clock.GetUtcNow());
        if (!await tokens.ChangeAsync(tempToken, seen, next with { Sms = kept }, ct)) throw SignInCompletion.Gone();
        await sender.SendAsync(number, SmsCode.Text(issuer, code, new Uri(authentication.Value.Issuer).Host, limits), ct);
        return new(TelephoneNumber.Masked(number), limits.Minutes * 60);
    }
}
