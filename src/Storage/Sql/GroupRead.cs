namespace ComplianceGrid.Storage.Sql;

/// <summary>Reads that are asked for within <see cref="Pace.OfReads"/> are one query. One that is asked for after a rest runs at once.</summary>
internal sealed class GroupRead<TAsked, TFound> : IAsyncDisposable
{
    private const int Most = 128;

    private readonly GroupQueue<Question> _queue;

    /// <param name="read">Given what was asked: what was found, in the same order.</param>
    public GroupRead(Func<IReadOnlyList<TAsked>, Task<IReadOnlyList<TFound>>> read) => _queue = new(Most, async questions =>
    {
        var found = await read(questions.ConvertAll(question => question.Asked));
        for (var n = 0; n < questions.Count; n++) questions[n].Found.TrySetResult(found[n]);
    }, (question, e) => question.Found.TrySetException(e), new Pace(Pace.OfReads, always: true));

    /// <exception cref="ObjectDisposedException">The host is stopping.</exception>
    public Task<TFound> AskAsync(TAsked asked, CancellationToken ct)
    {
        var question = new Question(asked);
        _queue.Add(question);
        return question.Found.Task.WaitAsync(ct);
    }

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private sealed record Question(TAsked Asked)
    {
        public TaskCompletionSource<TFound> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
