using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Identity;

/// <summary>Who signs in, with what. Repeated unchanged it starts nothing anew.</summary>
[GenerateSerializer, Immutable, Alias("StartSession")]
public sealed record StartSession
{
    [Id(0)] public required Guid Account { get; init; }
    /// <summary>A role of the session is privileged: its absolute life is shorter.</summary>
    [Id(1)] public required bool Privileged { get; init; }
    /// <summary>The client that the person signs in with.</summary>
    [Id(2)] public required string ClientId { get; init; }
    [Id(3)] public string? IpAddress { get; init; }
    /// <summary>Cut at 200 characters.</summary>
    [Id(4)] public string? UserAgent { get; init; }
    /// <summary>When the person proved who they are, if that was in a session before this one: its absolute life counts from then. Null: now.</summary>
    [Id(5)] public DateTimeOffset? SignedInAt { get; init; }
}

[GenerateSerializer, Immutable, Alias("SessionRecord")]
public sealed record SessionRecord
{
    [Id(0)] public required SessionKey Key { get; init; }
    [Id(1)] public required StartSession Start { get; init; }
    [Id(2)] public required DateTimeOffset StartedAt { get; init; }
    /// <summary>As far as it was reported: up to two minutes less than what the person did last.</summary>
    [Id(3)] public required DateTimeOffset LastActivityAt { get; init; }
    /// <summary>Its absolute end, whatever is done until then.</summary>
    [Id(4)] public required DateTimeOffset EndsAt { get; init; }
    /// <summary>Null: it is alive.</summary>
    [Id(5)] public SessionEnding? Ended { get; init; }

    public bool IsAlive => Ended is null;

    /// <summary>When the person last proved who they are.</summary>
    public DateTimeOffset SignedInAt => Start.SignedInAt ?? StartedAt;
}

[GenerateSerializer, Immutable, Alias("SessionEnding")]
public sealed record SessionEnding([property: Id(0)] DateTimeOffset At, [property: Id(1)] SessionEndReason Reason);

public enum SessionEndReason
{
    /// <summary>By the person: LOGOUT.</summary>
    SignedOut,
    /// <summary>By whoever may end others' sessions.</summary>
    Killed,
    /// <summary>The account began more sessions than it may have at once.</summary>
    TooMany,
    PasswordChanged,
    /// <summary>A refresh token was used twice: its family is revoked.</summary>
    TokenReused,
    AccountDisabled,
    /// <summary>Nothing was done for too long (AC-11, AC-12).</summary>
    Idle,
    /// <summary>Its absolute life is over.</summary>
    Over,
}
