namespace ComplianceGrid.Gateway.Connections;

internal static class ConnectionSecrets
{
    /// <summary>What a credential is sealed for: its connection and its own id.</summary>
    public static string ContextOf(string connection, Guid keyId) => $"vendor-key/{connection}/{keyId:D}";
}
