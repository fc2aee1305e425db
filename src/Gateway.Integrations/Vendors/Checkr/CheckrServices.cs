using ComplianceGrid.Gateway.Inbox;
using ComplianceGrid.Gateway.Webhooks;
using ComplianceGrid.ServiceDefaults.Http;

namespace ComplianceGrid.Gateway.Vendors.Checkr;

internal static class CheckrServices
{
    private const int MostAnswerBytes = 4 << 20;

    public static IServiceCollection AddCheckr(this IServiceCollection services)
    {
        services.AddGridHttpClient<CheckrClient>(CheckrApi.Vendor, http => http.MaxResponseContentBufferSize = MostAnswerBytes);
        // Typed clients are made anew so that their connections follow DNS; the breaker and the rate are the name's, not theirs.
        return services
            .AddSingleton<Func<CheckrClient>>(provider => provider.GetRequiredService<CheckrClient>)
            .AddSingleton<IWebhookVendor, CheckrWebhooks>()
            .AddSingleton<IVendorReader, CheckrReader>();
    }
}
