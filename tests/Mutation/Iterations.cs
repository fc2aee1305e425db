namespace ComplianceGrid.Status;

/// <summary>In place of the tests' own: hundreds of mutants are tried, each against all that covers it.</summary>
internal static class Iterations
{
    public static int Of(int usual) => usual / 5;
}
