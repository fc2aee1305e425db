using ComplianceGrid.Api.Identity.Inbox;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Identity.Mail;

internal static partial class MailExtensions
{
    /// <summary>By the configured server; else, in Development, to the sandbox's inbox if one is named; else not at all, which the log says at start.</summary>
    public static void AddMail(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsCheck>();
        if (!string.IsNullOrEmpty(builder.Configuration[$"{MailOptions.Section}:Host"])) services.AddSingleton<IMailSender, SmtpMail>();
        else if (builder.TryAddDevelopmentInbox()) services.AddSingleton<IMailSender, InboxMail>();
        else services.AddSingleton<IMailSender, NoMail>().AddHostedService<MailNotice>();
    }

    private sealed partial class MailNotice(ILogger<MailNotice> log) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            LogOff();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        [LoggerMessage(6002, LogLevel.Warning, "Mail:Host is not set: no messages are sent to users, and a forgotten password needs an administrator.")]
        private partial void LogOff();
    }
}
