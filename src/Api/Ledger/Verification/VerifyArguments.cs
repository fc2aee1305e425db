using System.Globalization;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Ledger.Verification;

/// <summary>Options of <c>verify</c> and <c>ledger export</c>.</summary>
internal sealed record VerifyArguments
{
    public string? Tenant { get; private init; }
    public int? Epoch { get; private init; }
    public string? Export { get; private init; }
    public string? Checkpoint { get; private init; }
    public string? Key { get; private init; }
    public string? Out { get; private init; }

    /// <param name="known">The options that the verb has, with their dashes.</param>
    /// <returns>Null: they are not understood.</returns>
    public static VerifyArguments? Parse(ReadOnlySpan<string> args, string[] known)
    {
        VerifyArguments? parsed = new();
        for (; parsed is not null && args is [var name, var value, .. var rest]; args = rest) parsed = known.Contains(name) ? With(parsed, name, value) : null;
        return args.IsEmpty ? parsed : null;
    }

    private static VerifyArguments? With(VerifyArguments arguments, string name, string value) => name switch
    {
        "--tenant" when TenantId.IsValid(value) => arguments with { Tenant = value },
        "--epoch" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) => arguments with { Epoch = epoch },
        "--export" => arguments with { Export = value },
        "--checkpoint" => arguments with { Checkpoint = value },
        "--key" => arguments with { Key = value },
        "--out" => arguments with { Out = value },
        _ => null,
    };
}
