using System.Threading.Channels;
using ComplianceGrid.Api.Identity.Mail;

namespace ComplianceGrid.Api.Identity.SignIn;

/// <summary>
/// Sends messages behind the answers: how long a mail server takes tells nobody who has an account. What a killed process had not sent yet
/// is lost, and asked for again.
/// </summary>
internal sealed partial class ResetMailQueue(IMailSender sender, ILogger<ResetMailQueue> log) : BackgroundService
{
    private readonly Channel<Func<CancellationToken, Task<OutgoingMail>>> _queue =
        Channel.CreateBounded<Func<CancellationToken, Task<OutgoingMail>>>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>With a thousand waiting another is dropped.</summary>
    public void Enqueue(Func<CancellationToken, Task<OutgoingMail>> compose) => _queue.Writer.TryWrite(compose);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var compose in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await sender.SendAsync(await compose(stoppingToken), stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogNotSent(error.GetType().Name);
            }
        }
    }

    [LoggerMessage(6003, LogLevel.Warning, "A message to a user was not sent: {Kind}. They will ask again.")]
    private partial void LogNotSent(string kind);
}
