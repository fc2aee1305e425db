namespace ComplianceGrid.Storage.Audit.Ledger;

/// <summary>The logs that a writer came to lately, bounded: some 10 KB each.</summary>
internal sealed class OpenLogs(int capacity)
{
    private readonly Dictionary<string, (OpenLog Log, long Used)> _logs = new(StringComparer.Ordinal);
    private long _uses;

    public int Count => _logs.Count;

    public OpenLog? Find(string tenant)
    {
        if (!_logs.TryGetValue(tenant, out var known)) return null;
        _logs[tenant] = known with { Used = ++_uses };
        return known.Log;
    }

    public void Keep(OpenLog log)
    {
        _logs[log.Tenant] = (log, ++_uses);
        if (_logs.Count <= capacity) return;
        var old = _logs.OrderBy(known => known.Value.Used).Take(_logs.Count - capacity / 2).Select(known => known.Key).ToArray();
        foreach (var tenant in old) _logs.Remove(tenant);
    }

    public void Drop(IEnumerable<string> tenants)
    {
        foreach (var tenant in tenants) _logs.Remove(tenant);
    }
}
