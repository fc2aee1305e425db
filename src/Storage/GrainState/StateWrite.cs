using System.Diagnostics;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Storage.GrainState;

/// <summary>One grain's write on its way to a transaction.</summary>
/// <param name="Expected">The stored version that it replaces; 0: there is none yet.</param>
/// <param name="Sealed">The state sealed as version <paramref name="Expected"/> + 1; null: the row goes.</param>
internal sealed record StateWrite(string StateName, string Key, TenantId Tenant, long Expected, byte[]? Sealed, StateCommit Commit)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public (string, string) Row => (StateName, Key);

    public ActivityContext Caller { get; } = Activity.Current?.Context ?? default;

    public Task Done => _done.Task;

    public void Succeed() => _done.TrySetResult();

    public void Fail(Exception e) => _done.TrySetException(e);
}
