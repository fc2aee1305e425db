using ComplianceGrid.Api.Tests.Reads;
using ComplianceGrid.Storage.Projections.Reads;
using ComplianceGrid.TestKit;
using Microsoft.Extensions.DependencyInjection;

[assembly: AssemblyFixture(typeof(ReadsFixture))]

namespace ComplianceGrid.Api.Tests.Reads;

/// <summary>100,000 employees of one tenant and 2,000 of another, in a real database, read as <c>grid_api</c>.</summary>
public sealed class ReadsFixture : IAsyncLifetime
{
    private ServiceProvider? _services;

    internal const string Large = "acme";
    internal const string Small = "umbrella";

    internal GridDatabase Database { get; private set; } = null!;
    internal List<Person> People { get; private set; } = [];
    internal T Get<T>() where T : notnull => _services!.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        Database = await GridDatabase.CreateAsync(CancellationToken.None);
        People = [.. Roster.Generate(Large, 100_000, 1), .. Roster.Generate(Small, 2_000, 2)];
        await Roster.WriteAsync(Database, People, CancellationToken.None);
        _services = new ServiceCollection().AddGridReads(Database.Grid(GridRole.Api)).BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
        if (Database is not null) await Database.DisposeAsync();
    }
}
