using ComplianceGrid.Status;
using ComplianceGrid.Tenancy;
using Npgsql;

namespace ComplianceGrid.Storage.Projections.Reads;

/// <summary>How many of a tenant's employed people are green at an instant, for the policy's grain: the counts of <see cref="SummaryReads"/>, summed. Role <c>grid_silo</c>.</summary>
public sealed class CoverageReads
{
    private readonly SummaryReads _summary;

    internal CoverageReads(NpgsqlDataSource silo) => _summary = new(new TenantReader(silo));

    /// <exception cref="GridException"><see cref="GridError.Unavailable"/>.</exception>
    public async Task<(long Green, long Employed)> CountAsync(TenantId tenant, DateTimeOffset now)
    {
        try
        {
            var counts = await _summary.CountAsync(tenant, now, default);
            return (counts.Where(count => count.Status == ComplianceStatus.Green).Sum(count => count.Employees), counts.Sum(count => count.Employees));
        }
        catch (NpgsqlException)
        {
            throw new GridException(GridError.Unavailable, "The projections' database is away.");
        }
    }
}
