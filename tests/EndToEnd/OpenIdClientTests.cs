using System.Net;

namespace ComplianceGrid.EndToEnd;

/// <summary>A certified client that others wrote (Node's <c>openid-client</c>), which is given nothing but the issuer's address.</summary>
public sealed class OpenIdClientTests(EndToEndGrid grid)
{
    [Fact]
    public async Task A_certified_client_signs_a_person_in_renews_revokes_and_signs_out_with_nothing_but_the_issuers_address()
    {
        var ct = TestContext.Current.CancellationToken;
        var secret = await grid.InviteAsync("ann@e2e.example", "Supervisor");
        var seen = await Walk.RunAsync("openid-client", new { grid.Issuer, email = "ann@e2e.example", secret, client = EndToEndGrid.Client, grid.Application }, ct);
        Assert.Equal(grid.Issuer, seen.GetProperty("issuer").GetString()!.TrimEnd('/'));
        Assert.Equal(["pwd", "otp", "mfa"], seen.GetProperty("amr").EnumerateArray().Select(method => method.GetString()!));
        Assert.Equal("ann@e2e.example", seen.GetProperty("email").GetString());

        // What the client held is dead, though its lifetime is not over.
        using var api = new HttpClient { BaseAddress = grid.Api };
        api.DefaultRequestHeaders.Authorization = new("Bearer", seen.GetProperty("access").GetString());
        using var answer = await api.GetAsync("/api/auth/session", ct);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
