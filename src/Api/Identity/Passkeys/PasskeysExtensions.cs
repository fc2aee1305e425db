using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Api.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.Passkeys;

internal static class PasskeysExtensions
{
    /// <summary>COSE algorithms of FIPS 186-5: ECDSA on the NIST curves, RSA-PSS, RSA PKCS #1 v1.5, each with SHA-2.</summary>
    private static readonly int[] Approved = [-7, -35, -36, -37, -38, -39, -257, -258, -259];

    public static void AddPasskeys(this IServiceCollection services)
    {
        services.AddOptions<PasskeyOptions>().BindConfiguration(PasskeyOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<PasskeyOptions>, RelyingPartyCheck>();
        services.AddSingleton<IValidateOptions<IdentityPasskeyOptions>, AttestationCheck>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<IOptions<PasskeyOptions>, IOptions<AuthenticationOptions>>(Configure).ValidateOnStart();
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
    }

    private static void Configure(IdentityPasskeyOptions identity, IOptions<PasskeyOptions> passkeys, IOptions<AuthenticationOptions> authentication)
    {
        var (options, party) = (passkeys.Value, RelyingParty.Of(authentication.Value.Issuer, passkeys.Value));
        identity.ServerDomain = party.Id;
        identity.ValidateOrigin = origin => ValueTask.FromResult(party.Takes(origin.Origin, origin.CrossOrigin));
        identity.UserVerificationRequirement = "required";
        identity.AuthenticatorTimeout = TimeSpan.FromSeconds(options.TimeoutSeconds);
        identity.AttestationConveyancePreference = options.Attestation switch
        {
            PasskeyAttestation.None => "none",
            PasskeyAttestation.Indirect => "indirect",
            PasskeyAttestation.Direct => "direct",
            PasskeyAttestation.Enterprise => "enterprise",
            _ => throw new OptionsValidationException(PasskeyOptions.Section, typeof(PasskeyOptions), ["Passkeys:Attestation must be None, Indirect, Direct or Enterprise."]),
        };
        identity.IsAllowedAlgorithm = algorithm => Approved.Contains(algorithm);
    }

    private sealed class RelyingPartyCheck(IOptions<AuthenticationOptions> authentication) : IValidateOptions<PasskeyOptions>
    {
        public ValidateOptionsResult Validate(string? name, PasskeyOptions options)
        {
            string[] failures = [.. RelyingParty.Of(authentication.Value.Issuer, options).Failures()];
            return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }

    private sealed class AttestationCheck : IValidateOptions<IdentityPasskeyOptions>
    {
        public ValidateOptionsResult Validate(string? name, IdentityPasskeyOptions options) =>
            options is { AttestationConveyancePreference: not (null or "none"), VerifyAttestationStatement: null }
                ? ValidateOptionsResult.Fail("Passkeys:Attestation is asked for, but nobody checks it: set IdentityPasskeyOptions.VerifyAttestationStatement.")
                : ValidateOptionsResult.Success;
    }
}
