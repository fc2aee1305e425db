using ComplianceGrid.Silo.Ledger;
using ComplianceGrid.ServiceDefaults.Mail;
using ComplianceGrid.Storage.Audit.Notes;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Silo.Tests.Ledger;

public sealed class CheckpointOptionsTests
{
    private static readonly (string Key, Action<CheckpointOptions> Make)[] Mistakes =
    [
        ("Targets:archive:Directory", options => options.Targets["archive"].Directory = "relative"),
        ("Targets:archive:Directory", options => options.Targets["archive"].Directory = null),
        ("Targets:auditor:To", options => options.Targets["auditor"].To = "nobody@"),
        ("Targets:w1:Url", options => options.Targets["w1"].Url = null),
        ("Targets:w1:Url", options => options.Targets["w1"].Url = new("http://w1.example/")),
        ("Targets:w1:Keys", options => options.Targets["w1"].Keys = ["w1.example+00000000+BAAA"]),
        ("Targets:Upper", options => options.Targets["Upper"] = new() { Directory = "/a" }),
        ("Default names the target other", options => options.Default = ["archive", "other"]),
        ("acme names the target other", options => options.Tenants["acme"] = ["other"]),
        ("Tenants:../x", options => options.Tenants["../x"] = ["archive"]),
        ("Smtp:Host", options => options.Smtp.Host = ""),
        ("Smtp:Port", options => options.Smtp.Port = 0),
        ("Smtp:From", options => options.Smtp.From = ""),
        ("Smtp:Security", options => options.Smtp.Security = SmtpSecurity.None),
        ("Smtp:UserName", options => options.Smtp.UserName = "ledger"),
    ];

    [Fact]
    public void A_mistake_is_named_at_start() => Assert.All(Mistakes, mistake =>
    {
        var options = Good();
        mistake.Make(options);
        Assert.Contains(mistake.Key, Assert.Single(Validate(options).Failures!), StringComparison.Ordinal);
    });

    [Fact]
    public void What_is_right_passes_and_nothing_is_right_too()
    {
        Assert.True(Validate(Good()).Succeeded);
        Assert.True(Validate(new()).Succeeded);
        Assert.Equal("archive", Assert.Single(Good().DefaultTargets));
    }

    [Fact]
    public void Targets_need_the_ledgers_public_key() => Assert.Contains("Ledger:PublicKeyFiles",
        Assert.Single(new CheckpointOptionsCheck(Options.Create(new LedgerOptions())).Validate(null, Good()).Failures!), StringComparison.Ordinal);

    private static ValidateOptionsResult Validate(CheckpointOptions options) =>
        new CheckpointOptionsCheck(Options.Create(new LedgerOptions { PublicKeyFiles = ["ledger.pub.pem"] })).Validate(null, options);

    private static CheckpointOptions Good() => new()
    {
        Targets =
        {
            ["archive"] = new() { Kind = TargetKind.Archive, Directory = "/var/lib/archive" },
            ["auditor"] = new() { Kind = TargetKind.Mail, To = "ada@auditors.example" },
            ["w1"] = new() { Kind = TargetKind.Witness, Url = new("https://w1.example/prefix") },
        },
        Tenants = { ["acme"] = ["auditor", "archive"] },
        Smtp = { Host = "mail.example", From = "ledger@example.com" },
    };
}
