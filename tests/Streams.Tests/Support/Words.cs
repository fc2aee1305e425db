using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ComplianceGrid.Streams.Tests.Support;

/// <summary>All that was logged.</summary>
internal sealed class Words : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> All { get; } = new();

    public Logger<T> For<T>() => new(new LoggerFactory([this], new LoggerFilterOptions { MinLevel = LogLevel.Trace }));

    public ILogger CreateLogger(string categoryName) => this;
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    public bool IsEnabled(LogLevel logLevel) => true;
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => All.Enqueue(formatter(state, exception));
    public void Dispose() { }
}
