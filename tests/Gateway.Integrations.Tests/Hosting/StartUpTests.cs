namespace ComplianceGrid.Gateway.Tests.Hosting;

/// <summary>What keeps a gateway from starting.</summary>
public sealed class StartUpTests
{
    [Fact]
    public void Outside_Development_it_does_not_start_without_a_certificate_for_the_grid() =>
        Assert.Contains("Wire:CertificateFile", Refusal("--environment=Production"));

    [Theory, InlineData(), InlineData("--Kestrel:Endpoints:Wire:Url=http://127.0.0.1:0")]
    public void With_a_certificate_it_must_be_told_where_silos_call_it_and_never_in_clear(params string[] endpoint) =>
        Assert.Contains("Kestrel:Endpoints:Wire:Url", Refusal(["--environment=Development", "--Wire:CertificateFile=wire.pem", "--Wire:CertificateKeyFile=wire.key", "--Wire:AuthorityFile=authority.pem", .. endpoint]));

    private static string Refusal(params string[] arguments) => Assert.Throws<InvalidOperationException>(() => GatewayHost.Create(arguments)).Message;
}
