using System.Text.Json.Serialization;

namespace ComplianceGrid.Tenancy;

/// <summary>Grain key of an employee: <c>tenant/uuid</c>.</summary>
[GenerateSerializer, Immutable, Alias("EmployeeKey")]
[JsonConverter(typeof(ParsableJsonConverter<EmployeeKey>))]
public readonly record struct EmployeeKey([property: Id(0)] TenantId Tenant, [property: Id(1)] Guid Employee) : IParsable<EmployeeKey>
{
    public override string ToString() => TenantKeys.Format(Tenant, Employee);

    public static EmployeeKey Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var key) ? key : throw new FormatException("Not an employee key.");

    public static bool TryParse(string? s, IFormatProvider? provider, out EmployeeKey result)
    {
        var valid = TenantKeys.TryParse(s, out var tenant, out var id);
        result = new(tenant, id);
        return valid;
    }
}

/// <summary>Grain key of a vendor order: <c>tenant/uuid</c>.</summary>
[GenerateSerializer, Immutable, Alias("OrderKey")]
[JsonConverter(typeof(ParsableJsonConverter<OrderKey>))]
public readonly record struct OrderKey([property: Id(0)] TenantId Tenant, [property: Id(1)] Guid Order) : IParsable<OrderKey>
{
    public override string ToString() => TenantKeys.Format(Tenant, Order);

    public static OrderKey Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var key) ? key : throw new FormatException("Not an order key.");

    public static bool TryParse(string? s, IFormatProvider? provider, out OrderKey result)
    {
        var valid = TenantKeys.TryParse(s, out var tenant, out var id);
        result = new(tenant, id);
        return valid;
    }
}

/// <summary>Grain key of a session: <c>tenant/uuid</c>. A session is of one tenant, whatever else its account may enter.</summary>
[GenerateSerializer, Immutable, Alias("SessionKey")]
[JsonConverter(typeof(ParsableJsonConverter<SessionKey>))]
public readonly record struct SessionKey([property: Id(0)] TenantId Tenant, [property: Id(1)] Guid Session) : IParsable<SessionKey>
{
    public override string ToString() => TenantKeys.Format(Tenant, Session);

    public static SessionKey Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var key) ? key : throw new FormatException("Not a session key.");

    public static bool TryParse(string? s, IFormatProvider? provider, out SessionKey result)
    {
        var valid = TenantKeys.TryParse(s, out var tenant, out var id);
        result = new(tenant, id);
        return valid;
    }
}

/// <summary>The one place that formats and parses <c>tenant</c> and <c>tenant/uuid</c> grain keys.</summary>
public static class TenantKeys
{
    public static string Format(TenantId tenant, Guid id) => string.Create(null, $"{tenant.Value}/{id:D}");

    /// <summary>Of what belongs to no tenant: accounts, and the names that people sign in by.</summary>
    public static string OfSystem(Guid id) => Format(TenantId.System, id);

    public static bool TryParse(string? key, out TenantId tenant, out Guid id)
    {
        id = default;
        tenant = default;
        var slash = key?.IndexOf('/') ?? -1;
        return slash > 0
            && TenantId.TryParse(key![..slash], null, out tenant)
            && Guid.TryParseExact(key.AsSpan(slash + 1), "D", out id);
    }

    /// <summary>The tenant of any tenant-scoped grain key: all before the first slash, or the whole key.</summary>
    /// <exception cref="FormatException">The key carries no tenant.</exception>
    public static TenantId TenantOf(string key)
    {
        var slash = key.IndexOf('/');
        return new TenantId(slash < 0 ? key : key[..slash]);
    }
}
