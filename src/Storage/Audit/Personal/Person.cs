using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Audit.Personal;

/// <summary>Whose key seals a detail: an employee, or a user.</summary>
/// <param name="Tenant">What is no tenant's id is kept with the system's.</param>
internal readonly record struct Person(TenantId Tenant, string Id)
{
    public static Person Of(string tenant, string person) =>
        new(TenantId.IsValid(tenant) ? new(tenant) : TenantId.System, StorableText.Of(person));
}
