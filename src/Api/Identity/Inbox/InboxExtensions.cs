using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.ServiceDefaults.Http;

namespace ComplianceGrid.Api.Identity.Inbox;

internal static class InboxExtensions
{
    private const string Client = "inbox";

    /// <summary>Adds it once, where <c>HttpClients:inbox:BaseAddress</c> names one. False: none is named.</summary>
    /// <exception cref="InvalidOperationException">One is named outside Development: codes would be shown to whoever looks.</exception>
    public static bool TryAddDevelopmentInbox(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration[$"{GridHttpOptions.Section}:{Client}:BaseAddress"])) return false;
        builder.Environment.EnsureDevelopment("The development inbox");
        if (builder.Services.All(service => service.ServiceType != typeof(DevelopmentInbox))) builder.Services.AddGridHttpClient<DevelopmentInbox>(Client);
        return true;
    }
}
