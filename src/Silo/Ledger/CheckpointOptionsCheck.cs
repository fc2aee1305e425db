using System.Text.RegularExpressions;
using ComplianceGrid.Silo.Ledger.Witness;
using ComplianceGrid.Storage.Audit.Notes;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.Options;
using MimeKit;

namespace ComplianceGrid.Silo.Ledger;

/// <summary>Finds at start what would otherwise fail when a checkpoint is to be left with somebody.</summary>
internal sealed partial class CheckpointOptionsCheck(IOptions<LedgerOptions> ledger) : IValidateOptions<CheckpointOptions>
{
    public ValidateOptionsResult Validate(string? name, CheckpointOptions options)
    {
        string[] failures = [.. options.Targets.SelectMany(target => Target(target.Key, target.Value)), .. Names(options), .. Smtp(options), .. Keys(options)];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Target(string name, TargetOptions target)
    {
        var key = $"{CheckpointOptions.Section}:Targets:{name}";
        if (!TargetName().IsMatch(name)) yield return $"{key}: a target's name has 1 to 40 lower-case letters, digits and hyphens.";
        switch (target.Kind)
        {
            case TargetKind.Archive when !Path.IsPathFullyQualified(target.Directory ?? ""):
                yield return $"{key}:Directory must be an absolute path.";
                break;
            case TargetKind.Mail when !MailboxAddress.TryParse(target.To, out _):
                yield return $"{key}:To must be a mail address.";
                break;
            case TargetKind.Witness:
                if (target.Url is not { IsAbsoluteUri: true } url || !(url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
                    yield return $"{key}:Url must be an https address.";
                foreach (var wrong in target.Keys.Where(text => !IsKey(text))) yield return $"{key}:Keys: {wrong} is no witness' verifier key.";
                break;
        }
    }

    private static IEnumerable<string> Names(CheckpointOptions options)
    {
        foreach (var (tenant, targets) in options.Tenants.Append(new("Default", options.Default ?? [])))
        {
            if (tenant != "Default" && !TenantId.IsValid(tenant)) yield return $"{CheckpointOptions.Section}:Tenants:{tenant} is no tenant's id.";
            foreach (var unknown in targets.Where(target => !options.Targets.ContainsKey(target)))
                yield return $"{CheckpointOptions.Section}: {tenant} names the target {unknown}, which is not among Targets.";
        }
    }

    private IEnumerable<string> Keys(CheckpointOptions options)
    {
        if (options.Targets.Count > 0 && ledger.Value.PublicKeyFiles.Length == 0)
            yield return $"{LedgerOptions.Section}:{nameof(LedgerOptions.PublicKeyFiles)} is empty: no checkpoint could be told from a forged one.";
    }

    private static IEnumerable<string> Smtp(CheckpointOptions options)
    {
        if (!options.Targets.Values.Any(target => target.Kind == TargetKind.Mail)) yield break;
        foreach (var failure in options.Smtp.Failures()) yield return $"{CheckpointOptions.Section}:Smtp:{failure}";
    }

    private static bool IsKey(string text)
    {
        try
        {
            _ = WitnessKey.Parse(text);
            return true;
        }
        catch (NoteException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[a-z0-9-]{1,40}$")]
    private static partial Regex TargetName();
}
