using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Identity.SignIn;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Identity;
using ComplianceGrid.Storage.Identity;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.Passkeys;

/// <summary>
/// The passkeys of whoever is signed in. One is added or removed within five minutes of a sign-in alone, so that who finds a device unlocked
/// cannot make one of their own; and where a passkey is demanded, by a sign-in by one.
/// </summary>
internal sealed class OwnPasskeys(
    AccountDirectory accounts, PasskeyStore passkeyStore, Memberships memberships, FactorDemands demands, OneTimeTokens tokens, ISessions sessions, AccountSessions all, IPasskeyHandler<Account> passkeys, TimeProvider clock)
{
    private const string Purpose = "add-passkey";
    private const int LongestName = 100;
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    public async Task<OwnPasskeysAnswer> ListAsync(HttpContext context, CancellationToken ct) =>
        new([.. (await passkeyStore.OfAsync(AccountOf(context), ct)).Select(OwnPasskeyAnswer.Of)]);

    public async Task<AddOptionsAnswer> OptionsAsync(HttpContext context, CancellationToken ct)
    {
        var account = await RequireAsync(context, ct);
        var creation = await passkeys.MakeCreationOptionsAsync(EnrolledPasskey.EntityOf(account), context);
        var token = await tokens.IssueAsync(account.Id, Purpose, new Ceremony(creation.AttestationState), Fresh, ct);
        return new(token, JsonElement.Parse(creation.CreationOptionsJson));
    }

    public async Task<OwnPasskeyAnswer> AddAsync(HttpContext context, AddPasskeyBody body, CancellationToken ct)
    {
        Fields.Text("name", body.Name, LongestName);
        var account = await RequireAsync(context, ct);
        if (await tokens.LookAsync<Ceremony>(body.Token, Purpose, ct) is not var (owner, ceremony) || owner != account.Id || !await tokens.TakeAsync(body.Token, ct)) // a challenge is good for one try
            throw new GridException(GridError.Invalid, "token must be of options that were asked for within five minutes, and is good once: POST /api/auth/passkeys/own/options.");
        var added = await EnrolledPasskey.VerifyAsync(passkeys, context, account, body.Credential, ceremony.State);
        if (!await passkeyStore.AddAsync(account.Id, added, body.Name, ct))
            throw new GridException(GridError.TooManyFacts, $"The passkey could not be kept: the account has {PasskeyStore.Most}, or this one is known already.");
        return (await ListAsync(context, ct)).Items.Single(passkey => passkey.Id == OwnPasskeyAnswer.IdOf(added.CredentialId));
    }

    public async Task<OwnPasskeyAnswer> NameAsync(HttpContext context, Guid id, string name, CancellationToken ct)
    {
        Fields.Text("name", name, LongestName);
        var (account, passkey) = (AccountOf(context), await FindAsync(context, id, ct));
        if (!await passkeyStore.NameAsync(account, passkey.Credential, name, ct)) throw None();
        return OwnPasskeyAnswer.Of(passkey with { Name = name });
    }

    /// <summary>All other sessions end, and first: whoever has the device that was lost may be in one.</summary>
    public async Task RemoveAsync(HttpContext context, Guid id, CancellationToken ct)
    {
        var passkey = await FindAsync(context, id, ct);
        var account = await RequireAsync(context, ct);
        var passkeyOnly = await demands.DemandPasskeyAsync(await memberships.OfAccountAsync(account.Id, ct), ct);
        await all.EndOthersAsync(account.Id, context.Caller().Session, SessionEndReason.Killed);
        if (await passkeyStore.RemoveAsync(account.Id, passkey.Credential, passkeyOnly, ct) is not { } removed) throw None();
        if (!removed) throw new GridException(GridError.Forbidden, "Without this passkey nobody could sign in to the account as its roles demand. Add another one first.");
    }

    /// <exception cref="GridException"><see cref="GridError.Unauthenticated"/>: sign in anew, as the header says (RFC 9470). <see cref="GridError.Forbidden"/>: by a passkey.</exception>
    private async Task<Account> RequireAsync(HttpContext context, CancellationToken ct)
    {
        var (id, caller) = (AccountOf(context), context.Caller());
        if (await accounts.FindAsync(id, ct) is not { DisabledAt: null } account) throw Nobody();
        var session = await sessions.GetAsync(new(caller.Tenant, caller.Session ?? throw Nobody()));
        if (clock.GetUtcNow() - session.SignedInAt > Fresh)
        {
            context.Response.OnStarting(() =>
            {
                context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_user_authentication\", max_age=\"{Fresh.TotalSeconds:0}\"";
                return Task.CompletedTask;
            });
            throw new GridException(GridError.Unauthenticated, "This needs a sign-in that is no older than five minutes. Sign in again.");
        }

        if (!context.User.HasClaim(TokenClaims.Methods, SignInMethods.HardwareKey) && await demands.DemandPasskeyAsync(await memberships.OfAccountAsync(id, ct), ct))
            throw new GridException(GridError.Forbidden, "What you are in one of your tenants demands a passkey: sign in by one.");
        return account;
    }

    private async Task<KnownPasskey> FindAsync(HttpContext context, Guid id, CancellationToken ct) =>
        (await passkeyStore.OfAsync(AccountOf(context), ct)).FirstOrDefault(passkey => OwnPasskeyAnswer.IdOf(passkey.Credential) == id) ?? throw None();

    private static Guid AccountOf(HttpContext context) => context.Caller().Account ?? throw Nobody();

    private static GridException Nobody() => new(GridError.NotFound, "This token is of no account.");

    private static GridException None() => new(GridError.NotFound, "You have no such passkey.");

    /// <summary>What the ceremony has to remember between its two halves.</summary>
    internal sealed record Ceremony(string? State);
}

internal sealed record OwnPasskeysAnswer(ImmutableArray<OwnPasskeyAnswer> Items);

/// <param name="Name">As its owner calls it; absent: nobody has named it.</param>
/// <param name="IsBackedUp">Several devices share it.</param>
internal sealed record OwnPasskeyAnswer(Guid Id, string? Name, DateTimeOffset CreatedAt, bool IsBackedUp)
{
    public static OwnPasskeyAnswer Of(KnownPasskey passkey) => new(IdOf(passkey.Credential), passkey.Name, passkey.CreatedAt, passkey.IsBackedUp);

    /// <summary>For addresses: what a device calls its passkey may be a thousand bytes long.</summary>
    public static Guid IdOf(byte[] credential) => new(SHA256.HashData(credential).AsSpan(0, 16));
}

/// <param name="Token">To be sent with the new passkey, once, within five minutes.</param>
/// <param name="Options">For <c>PublicKeyCredential.parseCreationOptionsFromJSON</c>.</param>
internal sealed record AddOptionsAnswer(string Token, JsonElement Options);

/// <param name="Credential">What <c>toJSON()</c> of the browser's answer gives.</param>
internal sealed record AddPasskeyBody(string Token, string Name, JsonElement Credential);

internal sealed record PasskeyNameBody(string Name);
