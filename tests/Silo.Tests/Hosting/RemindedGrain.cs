namespace ComplianceGrid.Silo.Tests.Hosting;

[Alias("IReminded")]
public interface IReminded : IGrainWithStringKey
{
    [Alias("Begin")] Task BeginAsync();

    [Alias("WasReminded")] Task<bool> WasRemindedAsync();

    [Alias("End")] Task EndAsync();
}

/// <summary>Asks to be reminded in a moment; remembers only in memory, so that another silo's activation must be reminded anew.</summary>
internal sealed class RemindedGrain : Grain, IReminded, IRemindable
{
    private const string Name = "test";
    private bool _reminded;

    public Task BeginAsync() => this.RegisterOrUpdateReminder(Name, TimeSpan.FromSeconds(3), TimeSpan.FromMinutes(1));

    public Task<bool> WasRemindedAsync() => Task.FromResult(_reminded);

    public async Task EndAsync() => await this.UnregisterReminder(await this.GetReminder(Name) ?? throw new InvalidOperationException("No reminder."));

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _reminded = true;
        return Task.CompletedTask;
    }
}
