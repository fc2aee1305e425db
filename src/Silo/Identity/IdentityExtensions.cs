using Microsoft.Extensions.Options;

namespace ComplianceGrid.Silo.Identity;

internal static class IdentityExtensions
{
    /// <summary>The limits that the grains of signing in and of sessions keep to.</summary>
    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LockOutOptions>().BindConfiguration(LockOutOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<SessionOptions>().BindConfiguration(SessionOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<LockOutOptions>>().Value.Limits);
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<LockOutOptions>>().Value.OfAddresses);
        builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<SessionOptions>>().Value.Limits);
    }
}
