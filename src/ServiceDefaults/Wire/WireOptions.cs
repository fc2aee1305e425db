using System.ComponentModel.DataAnnotations;

namespace ComplianceGrid.ServiceDefaults.Wire;

/// <summary>Section <c>Wire</c>: how this process proves to the grid's others what it is. Without it a host starts in <c>Development</c> alone, and its wires are in clear.</summary>
public sealed class WireOptions : IValidatableObject
{
    public const string Section = "Wire";

    /// <summary>PEM file of this process's certificate, its chain after it: see <see cref="WireRole"/> for the name in it. Read again when it changes.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM file of its private key, mode 600.</summary>
    public string? CertificateKeyFile { get; set; }

    /// <summary>PEM file of the private authorities whose certificates are believed, and no others. Two stand in it while one follows the other.</summary>
    public string? AuthorityFile { get; set; }

    internal bool IsGiven => !string.IsNullOrEmpty(CertificateFile);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (new[] { CertificateFile, CertificateKeyFile, AuthorityFile }.Count(string.IsNullOrEmpty) is 1 or 2)
            yield return new("Wire:CertificateFile, Wire:CertificateKeyFile and Wire:AuthorityFile belong together: name all three or none.");
    }
}
