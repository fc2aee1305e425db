using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Security;

/// <summary>Where a request comes from, put where every grain call takes it along: the entries that grains write name request and person as the request's own do.</summary>
internal static class CallOrigin
{
    /// <summary>Call it before whatever may call a grain: the authorization server does within authentication.</summary>
    public static void UseCallOrigin(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        RequestContext.Set(CallContext.RequestId, GridProblems.RequestIdOf(context));
        if (context.ClientAddress() is { } address) RequestContext.Set(CallContext.IpAddress, address);
        if (context.UserAgent() is { } agent) RequestContext.Set(CallContext.UserAgent, agent);
        return next(context);
    });

    /// <summary>Who it is of, as soon as that is known: for the calls that whoever asks this makes from here on.</summary>
    public static void Name(string user, string role)
    {
        RequestContext.Set(CallContext.Actor, user);
        RequestContext.Set(CallContext.ActorRole, role);
    }
}
