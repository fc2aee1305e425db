using ComplianceGrid.Employees;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Employees;

/// <summary>Which day it is where a person works: a last day is a day of the site, not of this machine.</summary>
internal sealed class LocalDay(PolicyReads policies, TimeProvider clock)
{
    public async Task<DateOnly> AtAsync(TenantId tenant, EmployeeProfile profile, CancellationToken ct)
    {
        var policy = (await policies.GetAsync(tenant, ct))?.Policy;
        var zone = policy?.Sites.FirstOrDefault(site => site.Code == profile.Site)?.TimeZone ?? policy?.DefaultTimeZone ?? "UTC";
        return DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), TimeZoneInfo.FindSystemTimeZoneById(zone)).DateTime);
    }
}
