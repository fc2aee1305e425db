using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.Passwords;

/// <summary>Section <c>Passwords</c>: how they are hashed and which are taken.</summary>
public sealed class PasswordOptions
{
    public const string Section = "Passwords";

    /// <summary>The least that protects a stolen table today (OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA-512).</summary>
    public const int LeastIterations = 210_000;

    /// <summary>
    /// Iterations of PBKDF2-HMAC-SHA-512 (SP 800-132): 210,000 take about 0.2 s of a core. Fewer are refused outside Development. Hashes made with
    /// fewer stay good and are replaced at the next log-on.
    /// </summary>
    [Range(1_000, PasswordHash.MostIterations)]
    public int Iterations { get; set; } = LeastIterations;

    /// <summary>Characters (Unicode code points, SP 800-63B §3.1.1.2) that a password must have.</summary>
    [Range(8, 64)]
    public int MinimumLength { get; set; } = 12;

    /// <summary>Characters that it may have.</summary>
    [Range(64, 256)]
    public int MaximumLength { get; set; } = 128;

    /// <summary>How many of the last passwords may not be chosen again.</summary>
    [Range(0, 100)]
    public int History { get; set; } = 24;

    /// <summary>Threads that hash. 0: half of the cores, at least one, so that everything else keeps the other half.</summary>
    [Range(0, 256)]
    public int Hashers { get; set; }

    /// <summary>Hashes that may wait for a thread; a further one is answered 503 at once. 16 wait for about 3.5 s where one thread hashes.</summary>
    [Range(1, 10_000)]
    public int QueueLength { get; set; } = 16;

    internal int HasherCount => Hashers > 0 ? Hashers : Math.Max(1, Environment.ProcessorCount / 2);
}

internal sealed class PasswordOptionsCheck(IHostEnvironment environment) : IValidateOptions<PasswordOptions>
{
    public ValidateOptionsResult Validate(string? name, PasswordOptions options) =>
        options.Iterations < PasswordOptions.LeastIterations && !environment.IsDevelopment()
            ? ValidateOptionsResult.Fail($"Passwords:Iterations must be at least {PasswordOptions.LeastIterations} outside Development.")
            : ValidateOptionsResult.Success;
}
