namespace ComplianceGrid.Storage.Audit.Verification;

/// <summary>Rows of a table in the order of their key, read a page at a time.</summary>
/// <param name="read">The page behind a row; null: the first page. An empty one is the end.</param>
internal sealed class Pages<T>(Func<T?, CancellationToken, Task<IReadOnlyList<T>>> read) where T : class
{
    private IReadOnlyList<T>? _page;
    private int _at;

    /// <summary>The next one, which stays it until <see cref="Pass"/>; null: none is left.</summary>
    public ValueTask<T?> PeekAsync(CancellationToken ct) =>
        _page is not null && (_at < _page.Count || _page.Count == 0) ? new(_page.Count == 0 ? null : _page[_at]) : TurnAsync(ct);

    public void Pass() => _at++;

    private async ValueTask<T?> TurnAsync(CancellationToken ct)
    {
        (_page, _at) = (await read(_page?[^1], ct), 0);
        return _page.Count == 0 ? null : _page[0];
    }
}
