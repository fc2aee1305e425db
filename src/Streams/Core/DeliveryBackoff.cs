using Orleans.Runtime.Providers;

namespace ComplianceGrid.Streams.Core;

/// <summary>Pauses between tries of one delivery: doubling from the shortest to the longest.</summary>
internal sealed class DeliveryBackoff(TimeSpan shortest, TimeSpan longest) : IMessageDeliveryBackoffProvider
{
    public TimeSpan Next(int attempt)
    {
        var pause = shortest * Math.Pow(2, Math.Clamp(attempt, 0, 20));
        return pause < longest ? pause : longest;
    }
}
