namespace ComplianceGrid.Api.Identity.SecondFactors;

/// <summary>Whoever runs the grid brings the provider's: register one before <c>AddSecondFactors</c>. It must not log number or text.</summary>
public interface ISmsSender
{
    /// <summary>False: SMS is off, and nobody is offered it.</summary>
    bool IsOn { get; }

    /// <param name="number">E.164.</param>
    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>: not sent.</exception>
    Task SendAsync(string number, string text, CancellationToken ct);
}

internal sealed class NoSms : ISmsSender
{
    public bool IsOn => false;

    public Task SendAsync(string number, string text, CancellationToken ct) =>
        throw new GridException(GridError.Unavailable, "Codes are not sent by SMS here. Use another factor.");
}
