using ComplianceGrid.Api.Identity.Inbox;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.SecondFactors;

internal static class SecondFactorsExtensions
{
    /// <exception cref="InvalidOperationException">SMS is on, and there is nobody to send it.</exception>
    public static void AddSecondFactors(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<SecondFactorOptions>().BindConfiguration(SecondFactorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecondFactorOptions>, SecondFactorOptionsCheck>();
        services.AddSingleton(provider => SecondFactorKey.Load(provider.GetRequiredService<IOptions<SecondFactorOptions>>().Value));
        AddSms(builder);
    }

    private static void AddSms(WebApplicationBuilder builder)
    {
        var isOn = builder.Configuration.GetValue<bool>($"{SecondFactorOptions.Section}:Sms:Enabled");
        if (!isOn) builder.Services.Replace(ServiceDescriptor.Singleton<ISmsSender, NoSms>());
        if (!isOn || builder.Services.Any(service => service.ServiceType == typeof(ISmsSender))) return;
        if (!builder.TryAddDevelopmentInbox())
            throw new InvalidOperationException("SecondFactors:Sms:Enabled is true, but no ISmsSender is registered, and there is no development inbox.");
        builder.Services.AddSingleton<ISmsSender, InboxSms>();
    }
}
