namespace ComplianceGrid.TestKit;

public static class Repository
{
    /// <summary>The checkout that the running test was built from.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string directory) =>
        File.Exists(Path.Combine(directory, "Orleans.sln"))
            ? directory
            : Find(Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("No Orleans.sln above the test's binaries."));
}
