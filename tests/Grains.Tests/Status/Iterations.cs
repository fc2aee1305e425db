namespace ComplianceGrid.Status;

/// <summary>How often a property is tried.</summary>
internal static class Iterations
{
    public static int Of(int usual) => usual;
}
