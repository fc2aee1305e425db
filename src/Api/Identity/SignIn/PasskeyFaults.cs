using System.Data.Common;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Identity;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// The passkey handler answers whatever it meets by "refused", a database that is away, too. That is nobody's wrong try: it goes on as
/// what it is.
/// </summary>
internal static class PasskeyFaults
{
    public static void Rethrow(PasskeyException? failure)
    {
        for (Exception? cause = failure?.InnerException; cause is not null; cause = cause.InnerException)
            if (cause is DbException or TimeoutException) ExceptionDispatchInfo.Throw(cause);
    }
}
