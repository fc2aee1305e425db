using ComplianceGrid.TestKit;

[assembly: AssemblyFixture(typeof(ComplianceGrid.Cluster.Processes.GridProcesses))]
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace ComplianceGrid.Cluster.Processes;

/// <summary>One grid with two silos for all of this suite.</summary>
public sealed class GridProcesses() : LocalGrid(silos: 2), IAsyncLifetime;
