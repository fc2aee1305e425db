using Orleans.Streams;

namespace ComplianceGrid.Streams;

/// <summary>What every transport of the grid's streams lets one choose. The defaults work.</summary>
public abstract class GridStreamOptions
{
    /// <summary>Of the grid's database as <c>grid_silo</c>. Null: the <c>NpgsqlDataSource</c> that the host has registered.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>How long a read of an empty queue of the event log waits for a hint; the latency of an event whose hint was lost.</summary>
    public TimeSpan HintWait { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Who may subscribe. The default, implicit subscribers only, saves a rendezvous grain and a write for each stream. Explicit ones
    /// need the grain storage <c>PubSubStore</c>.
    /// </summary>
    public StreamPubSubType PubSub { get; set; } = StreamPubSubType.ImplicitOnly;

    /// <summary>Events of one queue that a silo holds undelivered; reading pauses when another batch would not fit.</summary>
    public int CacheSize { get; set; } = 4096;

    /// <summary>Events read at once.</summary>
    public int ReadBatch { get; set; } = 256;

    /// <summary>
    /// Events of one stream that are delivered at once, at most, of those that wait. A grain that subscribes by <c>IAsyncBatchObserver</c> gets them in one
    /// call, another one after the other within one delivery. When one of them fails, those before it come again.
    /// </summary>
    public int DeliveryBatch { get; set; } = 1;

    /// <summary>Pause between two looks at a queue whose read found nothing, or whose cache is full.</summary>
    public TimeSpan PollPeriod { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// How long a grain that throws is tried again, with back-off, before the event is settled as failed. It is also how long
    /// a grain that cannot even be activated pauses its queue, so it is short; it spans a silo's death, with <see cref="MaxAttempts"/>.
    /// </summary>
    public TimeSpan MaxEventDeliveryTime { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>The first pause between two tries of one delivery; it doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan MinRetryDelay { get; set; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an event is published before it is parked.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>An event that left the cache and was not saved for so long is published again.</summary>
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Events waiting and none delivered for so long is unhealthy.</summary>
    public TimeSpan StalledAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often lag is measured and stuck events are looked for.</summary>
    public TimeSpan MonitorPeriod { get; set; } = TimeSpan.FromSeconds(5);

    internal virtual IEnumerable<string> Faults()
    {
        if (HintWait < TimeSpan.Zero) yield return "HintWait must not be negative.";
        if (ReadBatch < 1) yield return "ReadBatch must be at least 1.";
        if (DeliveryBatch < 1) yield return "DeliveryBatch must be at least 1.";
        if (MaxAttempts < 1) yield return "MaxAttempts must be at least 1.";
        if (CacheSize < 2 * ReadBatch) yield return "CacheSize must hold two of ReadBatch: one that nobody listens to leaves when the next is read.";
        if (MaxRetryDelay < MinRetryDelay) yield return "MaxRetryDelay is shorter than MinRetryDelay.";
        foreach (var (period, what) in new[]
        {
            (PollPeriod, nameof(PollPeriod)), (MaxEventDeliveryTime, nameof(MaxEventDeliveryTime)), (MinRetryDelay, nameof(MinRetryDelay)),
            (StuckAfter, nameof(StuckAfter)), (StalledAfter, nameof(StalledAfter)), (MonitorPeriod, nameof(MonitorPeriod)),
        })
        {
            if (period <= TimeSpan.Zero) yield return $"{what} must be longer than zero.";
        }
    }
}
