using ComplianceGrid.ServiceDefaults.Mail;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.Mail;

/// <summary>
/// Section <c>Mail</c>: the server that messages to users leave by (RFC 6409). Without <c>Host</c> none is sent: nobody can reset a forgotten
/// password alone.
/// </summary>
public sealed class MailOptions : SmtpOptions
{
    public const string Section = "Mail";
}

internal sealed class MailOptionsCheck(IHostEnvironment environment) : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        if (options.Host.Length == 0) return ValidateOptionsResult.Success;
        string[] failures = [.. options.Failures().Select(failure => $"{MailOptions.Section}:{failure}")];
        if (failures.Length > 0) return ValidateOptionsResult.Fail(failures);
        return options.Security == SmtpSecurity.None && !environment.IsDevelopment()
            ? ValidateOptionsResult.Fail("Mail:Security may be None in Development only: the message holds a token.")
            : ValidateOptionsResult.Success;
    }
}
