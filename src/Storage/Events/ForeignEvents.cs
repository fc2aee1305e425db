using ComplianceGrid.Events;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.Events;

/// <summary>Events of producers that the grid does not know, which no appending code has checked.</summary>
public static class ForeignEvents
{
    /// <summary>Why the grid has nobody to give the event to; null: it fits.</summary>
    public static string? Misfit(ComplianceEvent e)
    {
        if (e.Namespace is not (StreamNamespaces.Orders or StreamNamespaces.Compliance)) return $"No grain listens to the namespace {e.Namespace}.";
        if (!TenantKeys.TryParse(e.Key, out _, out _)) return "The subject is not a key of the form tenant/uuid.";
        if (string.IsNullOrEmpty(e.Id) || string.IsNullOrEmpty(e.Source) || string.IsNullOrEmpty(e.Type)) return "The id, source or type is empty.";
        return null;
    }
}
