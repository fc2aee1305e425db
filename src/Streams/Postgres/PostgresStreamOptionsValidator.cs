using Microsoft.Extensions.Options;

namespace ComplianceGrid.Streams.Postgres;

internal sealed class PostgresStreamOptionsValidator : IValidateOptions<PostgresStreamOptions>
{
    public ValidateOptionsResult Validate(string? name, PostgresStreamOptions options)
    {
        List<string> faults = [.. options.Faults()];
        if (options.HintWait < TimeSpan.Zero) faults.Add("HintWait must not be negative.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
