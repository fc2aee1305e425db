using Microsoft.Extensions.Hosting;

namespace ComplianceGrid.ServiceDefaults;

/// <summary>The lock on what must never run outside a developer's machine.</summary>
public static class Development
{
    /// <summary>Refuses to go on unless the environment is <c>Development</c>.</summary>
    /// <param name="feature">As it reads at the start of a sentence: <c>The development token issuer</c>.</param>
    /// <exception cref="InvalidOperationException">The environment is another one.</exception>
    public static void EnsureDevelopment(this IHostEnvironment environment, string feature)
    {
        if (!environment.IsDevelopment())
            throw new InvalidOperationException($"{feature} runs in the Development environment only; this one is '{environment.EnvironmentName}'.");
    }
}
