using System.Net;
using System.Text.Json.Nodes;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Tests.Hosting;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>A tenant may forbid what can be read off a screen and typed elsewhere.</summary>
[Collection(ApiCollection.Name)]
public sealed class FactorDemandsTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    [Fact]
    public async Task Where_the_policy_says_so_apps_and_recovery_codes_are_taken_from_nobody()
    {
        const string Tenant = "demands-passkeys";
        var before = await Person.EnrolledAsync(grid, "app@demands.example", Tenant);
        await before.SignInAsync();
        var policy = (JsonObject)OperationText.Of("publishPolicy").Request!.DeepClone();
        policy["passkeysOnly"] = true;
        var published = await grid.Api.Client.SendAsync(await grid.Api.TokenAsync(Tenant, ["ComplianceManager"]), HttpMethod.Put, "/api/policies", policy, header: ("If-None-Match", "*"));
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, (await published.JsonAsync()).GetProperty("membersWithoutPasskey").GetInt64()); // a warning: the manager has one, the person with the app none

        var login = await (await before.LoginAsync()).JsonAsync();
        Assert.Equal(0, login.GetProperty("methods").GetArrayLength());
        Assert.Equal(0, login.GetProperty("enroll").GetArrayLength()); // a password alone makes no other factor
        var begun = login.GetProperty("temp_token").GetString()!;
        await (await before.ChallengeAsync(begun, before.NextRecoveryCode(), "recovery_code")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await before.ChallengeAsync(begun, before.Code(1))).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);

        var (newcomer, secret) = await Person.InvitedAsync(grid, "new@demands.example", Tenant);
        await newcomer.SetPasswordAsync(secret, Person.Password);
        var first = await (await newcomer.LoginAsync()).JsonAsync();
        Assert.Equal(["passkey"], first.GetProperty("enroll").EnumerateArray().Select(method => method.GetString()!));
        var other = await Person.EnrolledAsync(grid, "app@elsewhere.example", "demands-nothing");
        await other.SignInAsync(); // elsewhere all is as it was
    }
}
