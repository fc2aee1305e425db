using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.SecondFactors;

/// <summary>Section <c>SecondFactors</c>. Passkeys have a section of their own.</summary>
public sealed class SecondFactorOptions
{
    public const string Section = "SecondFactors";

    /// <summary>What the authenticator app shows beside the account.</summary>
    [Required, RegularExpression("^[^:]{1,64}$", ErrorMessage = "SecondFactors:Issuer must have 1 to 64 characters and no colon.")]
    public string Issuer { get; set; } = "Compliance Grid";

    /// <summary>
    /// File with 32 bytes in base64, mode 600, the same for every Api process: keys the hashes of recovery codes and SMS codes. Without it, which
    /// only Development allows, they are good until the process ends.
    /// </summary>
    public string? KeyFile { get; set; }

    public SmsOptions Sms { get; set; } = new();
}

/// <summary>Section <c>SecondFactors:Sms</c>. A restricted authenticator (SP 800-63B §3.2.9): off unless a company decides to bear it.</summary>
public sealed class SmsOptions
{
    public bool Enabled { get; set; }

    /// <summary>How long a code is good.</summary>
    [Range(1, 10)]
    public int Minutes { get; set; } = 5;

    /// <summary>Tries that a code allows.</summary>
    [Range(1, 10)]
    public int Tries { get; set; } = 3;

    /// <summary>Codes that are sent for one account in an hour.</summary>
    [Range(1, 20)]
    public int PerHour { get; set; } = 5;
}

internal sealed class SecondFactorOptionsCheck(IHostEnvironment environment) : IValidateOptions<SecondFactorOptions>
{
    public ValidateOptionsResult Validate(string? name, SecondFactorOptions options) => options switch
    {
        { KeyFile: null or "" } when !environment.IsDevelopment() => ValidateOptionsResult.Fail("SecondFactors:KeyFile is missing: recovery codes are hashed with it."),
        { Sms.Minutes: < 1 or > 10 } or { Sms.Tries: < 1 or > 10 } or { Sms.PerHour: < 1 or > 20 } => ValidateOptionsResult.Fail("SecondFactors:Sms: Minutes and Tries must be 1 to 10, PerHour 1 to 20."),
        _ => ValidateOptionsResult.Success,
    };
}
