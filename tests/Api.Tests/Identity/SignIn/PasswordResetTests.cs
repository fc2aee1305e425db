using System.Net;
using System.Net.Http.Json;
using ComplianceGrid.Api.Tests.Hosting;
using ComplianceGrid.Api.Tests.Identity.Mail;
using ComplianceGrid.TestKit;

namespace ComplianceGrid.Api.Tests.Identity.SignIn;

/// <summary>A new password by a mailed link. Where the grid is away before all sessions have ended, the answer is 503, and asking again ends them.</summary>
[Collection(ApiCollection.Name)]
public sealed class PasswordResetTests(RealGridFixture grid) : IClassFixture<RealGridFixture>
{
    private const string Chosen = "purple tractor hums at dusk";

    private readonly HttpClient _client = grid.Api.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_link_that_was_mailed_sets_it_once_and_to_an_address_that_nobody_has_none_goes()
    {
        await using var server = new SmtpListener();
        await using var api = new ApiHost(new(grid.Settings().Concat(server.Settings)));
        await api.HasKeysAsync(Ct);
        var person = await Person.EnrolledAsync(grid, "mailed@reset.example", "password-reset");
        var before = await person.SignInAsync();
        foreach (var email in new[] { "nobody@reset.example", person.Email }) // in this order: when the second is there, the first would be
            Assert.Equal(HttpStatusCode.Accepted, (await api.Client.PostAsJsonAsync("/api/auth/password/reset-request", new { email }, Ct)).StatusCode);
        await Eventually.TrueAsync(() => server.Count > 0, "a message came", Ct);
        using var message = await server.OnlyAsync(Ct);
        Assert.Equal(person.Email, message.To.Mailboxes.Single().Address);
        var secret = message.TextBody!.Split("token=")[1].Split(['\r', '\n'])[0];

        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, Chosen)).StatusCode);
        await EndedAsync(before);
        await (await person.SetPasswordAsync(secret, "another tractor hums at noon")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await person.SignInAsync(); // by the new one, and a second factor as ever
    }

    [Fact]
    public async Task Asked_again_with_the_same_password_it_goes_on_where_it_was()
    {
        var (person, before, secret) = await HalfResetAsync("again@reset.example");
        Assert.Equal(HttpStatusCode.OK, await SessionAsync(before));
        await (await person.LoginAsync(Person.Password)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials); // that was void at once

        Assert.Equal(HttpStatusCode.NoContent, (await person.SetPasswordAsync(secret, Chosen)).StatusCode);
        await EndedAsync(before);
        await person.SignInAsync();
        await (await person.SetPasswordAsync(secret, Chosen)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials); // used
    }

    [Fact]
    public async Task Another_password_uses_it_up_and_is_not_set()
    {
        var (person, before, secret) = await HalfResetAsync("guess@reset.example");
        await (await person.SetPasswordAsync(secret, "a guess at what was chosen")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        await (await person.SetPasswordAsync(secret, Chosen)).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials); // one try
        await EndedAsync(before); // no less than by the right one
        await (await person.LoginAsync("a guess at what was chosen")).RefusedAsync(HttpStatusCode.Unauthorized, GridError.BadCredentials);
        Assert.Equal(HttpStatusCode.OK, (await person.LoginAsync(Chosen)).StatusCode);
    }

    /// <summary>Of somebody who is signed in, at a process that does not reach the grid.</summary>
    private async Task<(Person Person, Tokens Before, string Secret)> HalfResetAsync(string email)
    {
        var person = await Person.EnrolledAsync(grid, email, "password-reset");
        var before = await person.SignInAsync();
        var (_, secret) = await Person.InvitedAsync(grid, email, "password-reset");
        await using var alone = new ApiHost(new(grid.Settings()) { ["Orleans:Gateways:0"] = "127.0.0.1:1" }, started: false);
        await alone.AnswersAsync(Ct);
        await alone.HasKeysAsync(Ct);
        var answer = await alone.Client.PostAsJsonAsync("/api/auth/password/reset-confirm", new { token = secret, password = Chosen }, Ct);
        await answer.RefusedAsync(HttpStatusCode.ServiceUnavailable, GridError.Unavailable);
        return (person, before, secret);
    }

    private async Task<HttpStatusCode> SessionAsync(Tokens tokens) => (await _client.SendAsync(tokens.Access, HttpMethod.Get, "/api/auth/session")).StatusCode;

    private Task EndedAsync(Tokens tokens) =>
        Eventually.TrueAsync(async () => await SessionAsync(tokens) == HttpStatusCode.Unauthorized, "the session's tokens are refused", Ct);
}
