using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.Accounts;

/// <summary>A person who can sign in, in one or several tenants (<see cref="Storage.Identity.Membership"/>). The user name is the e-mail address.</summary>
internal sealed class Account : IdentityUser<Guid>
{
    /// <summary>Of the person, as other people read it.</summary>
    public string? DisplayName { get; set; }

    /// <summary>Since when nobody can sign in as it; null: it is active.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A password that the account has, or had: the newest is in force, the others may not come again.</summary>
internal sealed class PasswordRecord
{
    public Guid AccountId { get; set; }
    public DateTimeOffset SetAt { get; set; }
    /// <summary>Self-describing: algorithm, iterations, salt, hash.</summary>
    public required string Hash { get; set; }
}

/// <summary>The account's authenticator app (RFC 6238).</summary>
internal sealed class TotpFactor
{
    public Guid AccountId { get; set; }
    /// <summary>Sealed by the host's data protection.</summary>
    public required string Secret { get; set; }
    /// <summary>Null until the first code was shown: such a factor counts for nothing.</summary>
    public DateTimeOffset? ConfirmedAt { get; set; }
    /// <summary>The time step of the last code that was taken: it and those before it are spent.</summary>
    public long LastStep { get; set; }
}

/// <summary>The telephone that codes are sent to. It is there once a code that was sent to it has come back.</summary>
internal sealed class TelephoneFactor
{
    public Guid AccountId { get; set; }
    /// <summary>E.164, sealed by the host's data protection.</summary>
    public required string Number { get; set; }
    public DateTimeOffset ConfirmedAt { get; set; }
}

/// <summary>How many codes were sent for an account since when.</summary>
internal sealed class SmsWindow
{
    public Guid AccountId { get; set; }
    public DateTimeOffset Since { get; set; }
    public int Sent { get; set; }
}

/// <summary>A recovery code that was not used yet.</summary>
internal sealed class RecoveryCodeRecord
{
    public Guid AccountId { get; set; }
    public required byte[] Hash { get; set; }
}

/// <summary>A secret in somebody's hand: of a link that was sent, or of a sign-in that has begun.</summary>
internal sealed class OneTimeTokenRecord
{
    /// <summary>SHA-256 of the token: whoever reads this table can use none.</summary>
    public required byte[] Hash { get; set; }
    public Guid AccountId { get; set; }
    public required string Purpose { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    /// <summary>What it stands for, as JSON.</summary>
    public required string Data { get; set; }
}

/// <summary>A key of the authorization server: what it signs tokens with, or seals codes and refresh tokens with.</summary>
internal sealed class ServerKey
{
    /// <summary>RFC 7638 thumbprint for a signing key; random for a sealing key.</summary>
    public required string Id { get; set; }
    public ServerKeyUse Use { get; set; }
    /// <summary>Used from then on; published before, so that whoever keeps the key set a while knows it in time.</summary>
    public DateTimeOffset ActiveFrom { get; set; }
    /// <summary>PKCS #8 or the raw key, wrapped by the master key.</summary>
    public required byte[] Wrapped { get; set; }
}

internal enum ServerKeyUse : short
{
    Sign = 0,
    Seal = 1,
}
