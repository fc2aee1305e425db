using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ComplianceGrid.ServiceDefaults;

/// <summary>The one source of jitter of a process, so that who was put off together does not come back together. A test gives the seed.</summary>
public sealed class Jitter(int seed)
{
    private readonly Random _random = new(seed);
    private readonly Lock _lock = new();

    /// <summary>At least 0, below 1. Not for secrets.</summary>
    public double Next()
    {
        lock (_lock) return _random.NextDouble();
    }
}

public static class JitterServices
{
    public static IServiceCollection AddJitter(this IServiceCollection services)
    {
        services.TryAddSingleton(_ => new Jitter(RandomNumberGenerator.GetInt32(int.MaxValue)));
        return services;
    }
}
