using ComplianceGrid.Api.Security;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit;
using Microsoft.AspNetCore.Builder;

namespace ComplianceGrid.Api.Tests.Security;

[Collection(ApiCollection.Name)]
public sealed class StartUpTests(ApiFixture fixture)
{
    [Fact]
    public async Task An_endpoint_that_nobody_gave_a_permission_cannot_start()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        app.MapGet("/listed", () => "").RequirePermission(Permission.PoliciesRead);
        app.MapGet("/open", () => "").OpenToEverybody();
        app.RequirePermissionsEverywhere();
        app.MapGet("/api/forgotten", () => "");
        Assert.Contains("/api/forgotten", Assert.Throws<InvalidOperationException>(app.RequirePermissionsEverywhere).Message);
    }

    [Fact]
    public void Without_a_master_key_for_its_own_keys_it_does_not_start()
    {
        using var authority = new PrivateAuthority("api.grid.internal");
        var settings = fixture.Settings("127.0.0.1:1");
        (settings["Wire:CertificateFile"], settings["Wire:CertificateKeyFile"], settings["Wire:AuthorityFile"]) = (authority.CertificateFile, authority.KeyFile, authority.AuthorityFile);
        settings["MasterKey:File"] = null;
        Assert.Contains("MasterKey:File", Assert.ThrowsAny<Exception>(() => new ApiHost(settings, "Production")).ToString());
    }

    [Fact]
    public void Outside_Development_it_does_not_start_without_a_certificate_for_the_grid() =>
        Assert.Contains("Wire:CertificateFile", Assert.ThrowsAny<Exception>(() => new ApiHost(fixture.Settings("127.0.0.1:1"), "Production")).ToString());
}
