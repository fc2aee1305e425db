extern alias sandbox;

using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.Identity.SecondFactors;
using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Tests.Identity.Mail;

/// <summary>Against a real SMTP server of this process, and the real sandbox. TLS and log-on of the same delivery: MailTargetTests of the silo.</summary>
public sealed class MailTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_as_it_was_written()
    {
        await using var server = new SmtpListener();
        await using var app = Build("Development", server.Settings);
        var sender = app.Services.GetRequiredService<IMailSender>();

        await sender.SendAsync(ResetMail.Compose("ada@acme.example", "Compliance Grid", new("https://grid.example/reset"), "tök", OneTimeToken.ResetLife), Ct);

        using var message = await server.OnlyAsync(Ct);
        Assert.Equal(("ada@acme.example", "grid@example.com", "Compliance Grid: a new password"),
            (message.To.Mailboxes.Single().Address, message.From.Mailboxes.Single().Address, message.Subject));
        Assert.Contains("https://grid.example/reset?token=tök", message.TextBody);
        foreach (var wrong in new[] { "", "ada", "ada@acme.example\r\nBcc: eve@example.com" })
            Assert.Equal(GridError.Invalid, (await Assert.ThrowsAsync<GridException>(() => sender.SendAsync(new(wrong, "s", "t"), Ct))).Error);
        Assert.Equal(1, server.Count);
    }

    [Fact]
    public async Task A_server_that_is_away_or_silent_is_unavailable_in_bounded_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        foreach (var port in new[] { FreePorts.One(), ((IPEndPoint)silent.LocalEndpoint).Port })
        {
            await using var app = Build("Development", new() { ["Mail:Host"] = "127.0.0.1", ["Mail:Port"] = $"{port}", ["Mail:From"] = "grid@example.com", ["Mail:Security"] = "None", ["Mail:TimeoutSeconds"] = "1" });
            var error = await Assert.ThrowsAsync<GridException>(() => app.Services.GetRequiredService<IMailSender>().SendAsync(new("ada@acme.example", "s", "t"), Ct));
            Assert.Equal(GridError.Unavailable, error.Error);
            Assert.DoesNotContain("127.0.0.1", error.Message);
        }
    }

    [Fact]
    public async Task In_development_messages_and_codes_are_on_the_sandboxs_page_and_neither_runs_elsewhere()
    {
        var port = FreePorts.One();
        await using var inbox = sandbox::ComplianceGrid.VendorSandbox.SandboxHost.Create(["--urls", $"http://127.0.0.1:{port}", "--Checkr:ApiKey", "key-of-the-test", "--Checkr:AccountId", "acct", "--Checkr:WebhookBaseUrl", "http://127.0.0.1:1"],
            builder => builder.Environment.EnvironmentName = "Development");
        await inbox.StartAsync(Ct);
        Dictionary<string, string?> settings = new() { ["HttpClients:inbox:BaseAddress"] = $"http://127.0.0.1:{port}", ["SecondFactors:Sms:Enabled"] = "true" };
        await using var app = Build("Development", settings);

        await app.Services.GetRequiredService<ISmsSender>().SendAsync("+15550100", SmsCode.Text("Grid", "012345", "grid.example", new()), Ct);
        await app.Services.GetRequiredService<IMailSender>().SendAsync(new("ada@acme.example", "<b>Hello</b>", "text"), Ct);

        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
        var all = await http.GetFromJsonAsync<JsonElement[]>("/inbox/messages?to=%2B15550100", Ct);
        Assert.Contains("@grid.example #012345", Assert.Single(all!).GetProperty("text").GetString());
        var page = await http.GetStringAsync("/inbox", Ct);
        Assert.Contains("&lt;b&gt;Hello&lt;/b&gt;", page);
        Assert.Contains("012345", page);
        Assert.Contains("Development", Assert.Throws<InvalidOperationException>(() => Build("Production", settings)).Message);
    }

    [Fact]
    public async Task Unset_nothing_is_sent_and_bad_settings_do_not_start()
    {
        await using var off = Build("Production", new() { ["SecondFactors:KeyFile"] = "/dev/null" });
        Assert.False(off.Services.GetRequiredService<IMailSender>().IsOn);
        Assert.False(off.Services.GetRequiredService<ISmsSender>().IsOn);
        await Assert.ThrowsAsync<GridException>(() => off.Services.GetRequiredService<ISmsSender>().SendAsync("+15550100", "", Ct));
        Assert.Throws<InvalidOperationException>(() => Build("Production", new() { ["SecondFactors:Sms:Enabled"] = "true" }));
        await using var clear = Build("Production", new() { ["Mail:Host"] = "127.0.0.1", ["Mail:From"] = "grid@example.com", ["Mail:Security"] = "None" });
        Assert.Throws<OptionsValidationException>(() => clear.Services.GetRequiredService<IOptions<MailOptions>>().Value);
        Assert.Throws<OptionsValidationException>(() => clear.Services.GetRequiredService<IOptions<SecondFactorOptions>>().Value);
    }

    private static WebApplication Build(string environment, Dictionary<string, string?> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddGridDefaults("api");
        builder.AddSecondFactors();
        builder.AddMail();
        return builder.Build();
    }
}
