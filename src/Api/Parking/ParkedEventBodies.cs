using System.ComponentModel;

namespace ComplianceGrid.Api.Parking;

internal sealed record ParkedEventItem(
    Guid Id,
    [property: Description("What its sender calls it.")] string EventId,
    [property: Description("The stream that it is for: namespace and key.")] string Subject,
    [property: Description("How often it was tried.")] int Attempts,
    [property: Description("The last error.")] string Reason,
    DateTimeOffset ParkedAt);

internal sealed record ReplayAnswer(Guid Id, [property: Description("False: it had been replayed before, and nothing was done.")] bool Replayed);
