using System.Net;
using System.Net.Http.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>Who is signed in changes the password by the present one, and by nothing else.</summary>
[Collection(ApiCollection.Name)]
public sealed class PasswordChangeTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private const string Chosen = "copper lantern drifts past noon";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_new_one_is_good_the_old_one_is_not_and_all_other_sessions_end()
    {
        var person = await Person.EnrolledAsync(grid, "walk@change.example", "change-walk");
        var (here, there) = (await person.SignInAsync(), await person.SignInAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await ChangeAsync(here, Person.Password, Chosen)).StatusCode);
        await (await person.LoginAsync(Person.Password)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        Assert.Equal(HttpStatusCode.OK, (await person.LoginAsync(Chosen)).StatusCode);
        await EndedAsync(there);
        Assert.Equal(HttpStatusCode.OK, (await SessionAsync(here)).StatusCode);
        await (await person.RefreshAsync(there.Refresh)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.Unauthenticated);
    }

    [Fact]
    public async Task Where_another_session_cannot_be_ended_it_is_not_changed_and_asking_again_does_both()
    {
        var person = await Person.EnrolledAsync(grid, "away@change.example", "change-away");
        var (here, there) = (await person.SignInAsync(), await person.SignInAsync());
        await grid.BreakFeedAsync(broken: true, Ct);
        try
        {
            await (await ChangeAsync(here, Person.Password, Chosen)).RefusedAsync(HttpStatusCode.InternalServerError, GridError.Fault);
        }
        finally
        {
            await grid.BreakFeedAsync(broken: false, Ct);
        }

        await (await person.LoginAsync(Chosen)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        Assert.Equal(HttpStatusCode.NoContent, (await ChangeAsync(here, Person.Password, Chosen)).StatusCode);
        await EndedAsync(there);
    }

    [Fact]
    public async Task A_sign_in_that_the_old_one_began_and_a_link_that_was_handed_over_are_void()
    {
        var person = await Person.EnrolledAsync(grid, "begun@change.example", "change-begun");
        var (_, link) = await Person.InvitedAsync(grid, person.Email, "change-begun");
        var tokens = await person.SignInAsync();
        var begun = await person.BeginAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await ChangeAsync(tokens, Person.Password, Chosen)).StatusCode);
        await (await person.ChallengeAsync(begun, person.NextRecoveryCode(), "recovery_code")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await person.SetPasswordAsync(link, "purple tractor hums at dusk")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
    }

    [Fact]
    public async Task Who_does_not_know_the_present_one_has_as_many_tries_as_at_a_sign_in()
    {
        var person = await Person.EnrolledAsync(grid, "guess@change.example", "change-guess");
        var tokens = await person.SignInAsync();
        for (var n = 0; n < 2; n++) await (await ChangeAsync(tokens, $"guess {n}", Chosen)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await ChangeAsync(tokens, "guess 3", Chosen)).RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests);
        await (await ChangeAsync(tokens, Person.Password, Chosen)).RefusedAsync(HttpStatusCode.TooManyRequests, GridError.TooManyRequests); // locked: not even looked at
        Assert.Equal(HttpStatusCode.OK, (await SessionAsync(tokens)).StatusCode);
    }

    [Theory, InlineData("short"), InlineData(Person.Password), InlineData("password12345"), InlineData("change-bad 2026")]
    public async Task What_is_no_good_password_changes_nothing(string chosen)
    {
        var tenant = "change-bad";
        var person = await Person.EnrolledAsync(grid, $"bad-{chosen.Length}@change.example", tenant);
        var tokens = await person.SignInAsync();
        await (await ChangeAsync(tokens, Person.Password, chosen)).RefusedAsync(HttpStatusCode.UnprocessableEntity, GridError.Invalid);
        Assert.Equal(HttpStatusCode.OK, (await person.LoginAsync()).StatusCode);
    }

    [Fact]
    public async Task Of_two_who_change_it_at_once_by_the_same_one_does()
    {
        for (var round = 0; round < 3; round++)
        {
            var person = await Person.EnrolledAsync(grid, $"twice-{round}@change.example", "change-twice");
            var tokens = await person.SignInAsync();
            var answers = await Task.WhenAll(ChangeAsync(tokens, Person.Password, $"{Chosen} one"), ChangeAsync(tokens, Person.Password, $"{Chosen} two"));
            Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.Unauthorized], answers.Select(answer => answer.StatusCode).Order());
        }
    }

    [Fact]
    public async Task A_service_has_none() => await (await grid.Api.Client.SendAsync(await grid.Api.TokenAsync("change-service", ["Service"]), HttpMethod.Post, "/api/auth/password",
        new { current_password = "a", new_password = Chosen })).RefusedAsync(HttpStatusCode.NotFound, GridError.NotFound);

    private Task<HttpResponseMessage> ChangeAsync(Tokens tokens, string present, string chosen) =>
        grid.Api.Client.SendAsync(tokens.Access, HttpMethod.Post, "/api/auth/password", JsonContent.Create(new { current_password = present, new_password = chosen }));

    private Task EndedAsync(Tokens tokens) =>
        Eventually.TrueAsync(async () => (await SessionAsync(tokens)).StatusCode == HttpStatusCode.Unauthorized, "the session's tokens are refused", Ct);

    private Task<HttpResponseMessage> SessionAsync(Tokens tokens) => grid.Api.Client.SendAsync(tokens.Access, HttpMethod.Get, "/api/auth/session");
}
