using System.Collections.Immutable;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>What a log is held to, beside itself.</summary>
internal sealed record LogTerms
{
    public required string Tenant { get; init; }
    public required int Epoch { get; init; }
    /// <summary>The log's name.</summary>
    public required string Origin { get; init; }
    /// <summary>Whether every tile that the log fills must come with it.</summary>
    public required bool HasTiles { get; init; }
    /// <summary>Whose checkpoints are good.</summary>
    public required ImmutableArray<VerifierKey> Keys { get; init; }
    /// <summary>From the second epoch on: the checkpoint of an earlier log that this one is bound to.</summary>
    public string? BoundNote { get; init; }
    /// <summary>Checkpoints of this log from elsewhere; verified.</summary>
    public ImmutableArray<ShownCheckpoint> Shown { get; init; } = [];
}

/// <param name="Source">Where it comes from, in words that follow "the checkpoint".</param>
internal sealed record ShownCheckpoint(Checkpoint Checkpoint, string Source);
