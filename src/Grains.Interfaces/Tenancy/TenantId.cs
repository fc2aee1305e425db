using System.Buffers;
using System.Text.Json.Serialization;

namespace ComplianceGrid.Tenancy;

/// <summary>A tenant's slug: 2 to 63 characters, a lower-case letter first, then letters, digits or hyphens.</summary>
[GenerateSerializer, Immutable, Alias("TenantId")]
[JsonConverter(typeof(ParsableJsonConverter<TenantId>))]
public readonly record struct TenantId : IParsable<TenantId>
{
    /// <exception cref="FormatException">The value is not a tenant's slug.</exception>
    public TenantId(string value) => Value = IsValid(value) ? value : throw new FormatException("Not a tenant id.");

    [Id(0)]
    public string Value { get; }

    /// <summary>Of acts and grains that belong to no tenant.</summary>
    public static TenantId System => new("system");

    public static bool IsValid(string? value) =>
        value is { Length: >= 2 and <= 63 } && char.IsAsciiLetterLower(value[0])
        && value.AsSpan().IndexOfAnyExcept(Allowed) < 0;

    public static TenantId Parse(string s, IFormatProvider? provider = null) => new(s);

    public static bool TryParse(string? s, IFormatProvider? provider, out TenantId result)
    {
        var valid = IsValid(s);
        result = valid ? new(s!) : default;
        return valid;
    }

    public override string ToString() => Value;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
}
