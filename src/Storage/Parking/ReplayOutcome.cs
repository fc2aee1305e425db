namespace ComplianceGrid.Storage.Parking;

/// <summary>What became of the wish to have a parked event tried again.</summary>
public enum ReplayOutcome
{
    NotThere,
    Replayed,
    WasBefore,
    /// <summary>It is nothing that a grain listens to.</summary>
    Unfit,
}
