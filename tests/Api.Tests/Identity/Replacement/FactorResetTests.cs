using System.Net;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.SignIn;
using ComplianceGrid.Storage.Identity;
using ComplianceGrid.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace ComplianceGrid.Api.Tests.Identity.Replacement;

/// <summary>A lost second factor: two people replace it, neither alone, none for themselves, and nobody in another tenant.</summary>
[Collection(ApiCollection.Name)]
public sealed class FactorResetTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_people_replace_it_and_nothing_of_before_gets_in()
    {
        var person = await Person.EnrolledAsync(grid, "lost@reset.example", "reset-walk");
        var before = await person.SignInAsync();
        var (first, second) = (await OfficerAsync("reset-walk", "first"), await OfficerAsync("reset-walk", "second"));
        await (await SendAsync(second, HttpMethod.Post, person, "/approval")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound); // nobody has asked
        var asked = await (await SendAsync(first, HttpMethod.Post, person)).JsonAsync();
        Assert.Equal(Calls.SubjectOf(first), asked.GetProperty("askedBy").GetString());
        await (await SendAsync(second, HttpMethod.Post, person)).RefusedAsync(HttpStatusCode.Conflict, GridError.AlreadyExists);
        await (await SendAsync(first, HttpMethod.Post, person, "/approval")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        Assert.Equal(HttpStatusCode.OK, (await grid.Api.Client.SendAsync(before.Access, HttpMethod.Get, "/api/auth/session")).StatusCode); // nothing has changed yet

        var approved = await SendAsync(second, HttpMethod.Post, person, "/approval");
        Assert.True(approved.StatusCode == HttpStatusCode.OK, await approved.Content.ReadAsStringAsync(Ct));
        var secret = (await approved.JsonAsync()).GetProperty("secret").GetString()!;
        await (await person.LoginAsync()).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await person.RefreshAsync(before.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);

        await (await person.SetPasswordAsync(secret, Person.Password)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid); // it was theirs before
        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, "copper lantern drifts past noon")).StatusCode);
        await person.EnrollAsync(await person.BeginAsync());
        Assert.Equal("reset-walk", (await person.SignInAsync()).Claims.GetProperty("tenant").GetString());
        await (await SendAsync(second, HttpMethod.Get, person)).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound); // used up
        Assert.Equal(1, await grid.Api.CountAsync("reset-walk", "DELETE", "SUCCESS"));
    }

    [Fact]
    public async Task Of_two_who_approve_at_once_one_does()
    {
        var person = await Person.EnrolledAsync(grid, "twice@reset.example", "reset-twice");
        var officers = await Task.WhenAll(Enumerable.Range(0, 3).Select(n => OfficerAsync("reset-twice", $"officer-{n}")));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(officers[0], HttpMethod.Post, person)).StatusCode);
        var answers = await Task.WhenAll(officers[1..].Select(officer => SendAsync(officer, HttpMethod.Post, person, "/approval")));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotFound], answers.Select(answer => answer.StatusCode).Order());
    }

    [Fact]
    public async Task Who_may_not_changes_nothing()
    {
        var person = await Person.EnrolledAsync(grid, "mine@reset.example", "reset-mine");
        var officer = await OfficerAsync("reset-mine", "officer");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(officer, HttpMethod.Post, person)).StatusCode);
        await (await SendAsync(await OfficerAsync("reset-elsewhere", "officer"), HttpMethod.Post, person, "/approval")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await (await SendAsync(await grid.Api.TokenAsync("reset-mine", ["ComplianceManager"]), HttpMethod.Post, person, "/approval")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        var own = Guid.Parse(Calls.SubjectOf(officer));
        await (await grid.Api.Client.SendAsync(officer, HttpMethod.Post, $"/api/auth/users/{own}/factor-reset")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        await (await SendAsync(officer, HttpMethod.Post, person, "/approval")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden); // their own asking
        Assert.Equal(2, await grid.Api.CountAsync("reset-mine", "PRIVILEGE_ESCALATION", "FAILURE"));

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(await OfficerAsync("reset-mine", "another"), HttpMethod.Delete, person)).StatusCode);
        await (await SendAsync(await OfficerAsync("reset-mine", "another"), HttpMethod.Post, person, "/approval")).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);
        await person.SignInAsync(); // as ever
    }

    [Fact]
    public async Task Who_belongs_to_another_tenant_too_is_not_let_in_there_by_this_one()
    {
        var person = await Person.EnrolledAsync(grid, "both@reset.example", "reset-one");
        var officer = await OfficerAsync("reset-one", "officer");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(officer, HttpMethod.Post, person)).StatusCode);
        await grid.Api.Services.GetRequiredService<Memberships>().SaveAsync(new(new TenantId("reset-two"), person.Account, ["Supervisor"], [], null), Ct);
        await (await SendAsync(await OfficerAsync("reset-one", "second"), HttpMethod.Post, person, "/approval")).RefusedAsync(HttpStatusCode.Forbidden, GridError.Forbidden);
        await person.SignInAsync("reset-one");
    }

    private Task<string> OfficerAsync(string tenant, string user) => grid.Api.TokenAsync(tenant, ["SecurityOfficer"], user: user);

    private Task<HttpResponseMessage> SendAsync(string token, HttpMethod method, Person person, string path = "") =>
        grid.Api.Client.SendAsync(token, method, $"/api/auth/users/{person.Account}/factor-reset{path}");
}
