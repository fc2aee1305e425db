using System.Text.Json;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Audit.Search;

namespace ComplianceGrid.Api.AuditLog.Entries;

/// <summary>Has the silo open an entry's personal detail, for who may read it: this process has no person's key.</summary>
internal sealed class PersonalOpening(TenantGrains grains)
{
    public async Task<(PersonalState State, JsonElement? Detail)> OpenAsync(Caller caller, Guid entry, EntryRecord record)
    {
        if (record is not { Sealed: { } box, Person: { } person }) return (PersonalState.None, null);
        if (!caller.May(Permission.AuditPersonal)) return (PersonalState.Sealed, null);
        var opened = await grains.Ledger(caller).OpenPersonal(caller.Tenant.Value, [new SealedPersonal(entry, person, [.. box])]);
        return opened is [{ } json] ? (PersonalState.Open, JsonSerializer.Deserialize<JsonElement>(json)) : (PersonalState.Erased, null);
    }
}
