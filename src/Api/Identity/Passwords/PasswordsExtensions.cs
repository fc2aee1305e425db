using ComplianceGrid.ServiceDefaults.Health;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>Hashing, on threads of its own, and the rules of what is taken (ADR 0015).</summary>
internal static class PasswordsExtensions
{
    public static void AddPasswords(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<PasswordOptions>().BindConfiguration(PasswordOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<PasswordOptions>, PasswordOptionsCheck>();
        services.AddSingleton(Queue);
        services.AddSingleton<PasswordHasher>();
        services.AddDegradable("hashing", provider => new HashingHealth(provider.GetRequiredService<HashingQueue>()));
    }

    private static HashingQueue Queue(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<PasswordOptions>>().Value;
        var queue = new HashingQueue(options.HasherCount, options.QueueLength, provider.GetRequiredService<TimeProvider>());
        HashingTelemetry.Watch(queue);
        return queue;
    }
}
