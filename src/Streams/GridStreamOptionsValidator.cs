using Microsoft.Extensions.Options;

namespace ComplianceGrid.Streams;

internal sealed class GridStreamOptionsValidator<TOptions> : IValidateOptions<TOptions> where TOptions : GridStreamOptions
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        List<string> faults = [.. options.Faults()];
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
