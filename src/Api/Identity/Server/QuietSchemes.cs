using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using FrameworkOptions = Microsoft.AspNetCore.Authentication.AuthenticationOptions;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>No scheme looks at every request: OpenIddict's would, and costs each of them more than all else that is done for it here.</summary>
internal sealed class QuietSchemes(IOptions<FrameworkOptions> options) : AuthenticationSchemeProvider(options)
{
    public override Task<IEnumerable<AuthenticationScheme>> GetRequestHandlerSchemesAsync() => Task.FromResult<IEnumerable<AuthenticationScheme>>([]);
}
