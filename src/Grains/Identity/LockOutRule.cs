using System.Collections.Immutable;

namespace ComplianceGrid.Identity;

/// <summary>
/// Who may try a password. A reserved try counts as failed until it is told to have succeeded. What changes nothing returns the same
/// state. No instant in a state is ever trusted to lie after now: when the clock is set back, what runs begins anew, so that nothing
/// is unlocked early and nothing stays locked for longer than the limit.
/// </summary>
internal static class LockOutRule
{
    public const int MostDevices = 8;

    /// <summary>For so long a reserved try may yet succeed: a lock is not told of before.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static (LockOutState Next, SignInTicket Ticket) Begin(LockOutState state, Guid attempt, string? device, LockOutLimits limits, DateTimeOffset now)
    {
        state = Settle(state, limits, now);
        if (Find(state, attempt) is not null) return (state, new(null, false));
        var slot = SlotOf(state, device);
        var counter = At(state, slot);
        if (counter.LockedUntil is { } until)
        {
            var told = Told(counter, attempt, now);
            return (With(state, slot, told), new(until, told.ToldBy == attempt));
        }

        var tries = counter.Tries.Add(new(attempt, now, Failed: false));
        return (With(state, slot, counter with { Tries = tries, LockedUntil = tries.Length >= limits.Tries ? now + limits.Lock : null }), new(null, false));
    }

    public static (LockOutState Next, SignInOutcome Outcome) Failed(LockOutState state, Guid attempt, LockOutLimits limits, DateTimeOffset now)
    {
        state = Settle(state, limits, now);
        if (Find(state, attempt) is not var (slot, it)) return (state, new(false, null));
        var counter = At(state, slot);
        if (!it.Failed) counter = Told(counter with { Tries = counter.Tries.Replace(it, it with { Failed = true }) }, attempt, now);
        return (With(state, slot, counter), new(counter.ToldBy == attempt, counter.LockedUntil));
    }

    public static LockOutState Succeeded(LockOutState state, Guid attempt, string? device, LockOutLimits limits, DateTimeOffset now)
    {
        state = Settle(state, limits, now);
        if (Find(state, attempt) is not var (slot, it) || it.Failed) return state;
        state = With(state, slot, LockOutCounter.Empty);
        if (device is null) return state;
        var known = new KnownDevice(device, now, state.Devices.FirstOrDefault(d => d.Device == device)?.Counter ?? LockOutCounter.Empty);
        return state with { Devices = [.. state.Devices.Where(d => d.Device != device).TakeLast(MostDevices - 1), known] };
    }

    /// <summary>Without what does not matter any more.</summary>
    public static LockOutState Settle(LockOutState state, LockOutLimits limits, DateTimeOffset now)
    {
        var strangers = Settle(state.Strangers, limits, now);
        ImmutableArray<KnownDevice> devices = [.. state.Devices.Select(device => Settle(device, limits, now)).OfType<KnownDevice>()];
        return ReferenceEquals(strangers, state.Strangers) && devices.AsSpan().SequenceEqual(state.Devices.AsSpan(), ReferenceEqualityComparer.Instance)
            ? state
            : state with { Strangers = strangers, Devices = devices };
    }

    /// <summary>When nothing of it will matter any more; null: nothing does.</summary>
    public static DateTimeOffset? ForgetAt(LockOutState state, LockOutLimits limits) =>
        state.Devices.Select(device => device.SeenAt + limits.Remember)
            .Concat(state.Devices.Select(device => device.Counter).Append(state.Strangers).Where(counter => !counter.IsEmpty).Select(counter => EndOf(counter, limits)))
            .Select(at => (DateTimeOffset?)at).Max();

    private static DateTimeOffset EndOf(LockOutCounter counter, LockOutLimits limits) =>
        counter.LockedUntil ?? counter.Tries.Max(it => it.At) + limits.Window;

    private static LockOutCounter Settle(LockOutCounter counter, LockOutLimits limits, DateTimeOffset now)
    {
        if (counter.LockedUntil is { } until)
        {
            if (until <= now) return LockOutCounter.Empty;
            return until <= now + limits.Lock ? counter : counter with { LockedUntil = now + limits.Lock };
        }

        if (counter.Tries.All(it => it.At <= now && now - it.At < limits.Window)) return counter;
        ImmutableArray<SignInTry> tries = [.. counter.Tries.Select(it => it.At > now ? it with { At = now } : it).Where(it => now - it.At < limits.Window)];
        return tries.IsEmpty ? LockOutCounter.Empty : counter with { Tries = tries };
    }

    private static KnownDevice? Settle(KnownDevice device, LockOutLimits limits, DateTimeOffset now)
    {
        var counter = Settle(device.Counter, limits, now);
        if (now - device.SeenAt >= limits.Remember && counter.IsEmpty) return null;
        return device.SeenAt <= now && ReferenceEquals(counter, device.Counter)
            ? device
            : device with { Counter = counter, SeenAt = device.SeenAt > now ? now : device.SeenAt };
    }

    /// <summary>A lock is told of once: when no try is left that may yet lift it.</summary>
    private static LockOutCounter Told(LockOutCounter counter, Guid by, DateTimeOffset now) =>
        counter.LockedUntil is not null && counter.ToldBy is null && counter.Tries.All(it => it.Failed || now - it.At >= Patience)
            ? counter with { ToldBy = by }
            : counter;

    // A counter's place: a device's, or this.
    private const int Strangers = -1;

    private static int SlotOf(LockOutState state, string? device) =>
        device is null ? Strangers : state.Devices.Select((known, n) => known.Device == device ? n : Strangers).Append(Strangers).Max();

    private static LockOutCounter At(LockOutState state, int slot) => slot == Strangers ? state.Strangers : state.Devices[slot].Counter;

    private static LockOutState With(LockOutState state, int slot, LockOutCounter counter)
    {
        if (ReferenceEquals(counter, At(state, slot))) return state;
        return slot == Strangers
            ? state with { Strangers = counter }
            : state with { Devices = state.Devices.SetItem(slot, state.Devices[slot] with { Counter = counter }) };
    }

    private static (int Slot, SignInTry Try)? Find(LockOutState state, Guid attempt)
    {
        for (var slot = Strangers; slot < state.Devices.Length; slot++)
        {
            if (At(state, slot).Tries.FirstOrDefault(it => it.Attempt == attempt) is { } found) return (slot, found);
        }

        return null;
    }
}
