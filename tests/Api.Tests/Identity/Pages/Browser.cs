using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ComplianceGrid.Api.Tests.Identity.SignIn;

namespace ComplianceGrid.Api.Tests.Identity.Pages;

/// <summary>A browser without script, which sends Secure cookies to this machine as real ones do.</summary>
internal sealed class Browser(Uri host) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = host };

    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>As the host sent them, attributes and all.</summary>
    public List<string> SetCookies { get; } = [];

    public Task<Page> GetAsync(string address) => SendAsync(new(HttpMethod.Get, address));

    /// <summary>Fills in the page's form and sends it, with the hidden fields that stand in it.</summary>
    public Task<Page> SubmitAsync(Page page, params (string Name, string Value)[] fields) => PostAsync(page.Action, [.. page.Hidden, .. fields]);

    public Task<Page> PostAsync(string address, params (string Name, string Value)[] fields) =>
        SendAsync(new(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) });

    /// <summary>Goes where redirects and refreshes lead, as far as they stay on the host.</summary>
    public async Task<Page> FollowAsync(Page page)
    {
        for (var steps = 0; steps < 10 && page.Next is { } next; steps++)
        {
            if (new Uri(host, next).Authority != host.Authority) return page;
            page = await GetAsync(next);
        }

        return page;
    }

    public async Task<Page> OpenAsync(string address) => await FollowAsync(await GetAsync(address));

    /// <summary>From the page that asks for name and password to wherever the sign-in leads.</summary>
    public async Task<Page> SignInAsync(Page page, Person person, params (string Name, string Value)[] more)
    {
        var factor = await FollowAsync(await SubmitAsync(page, ("email", person.Email), ("password", person.Chosen)));
        Assert.True(factor.Action == "/sign-in/factor", factor.Html);
        return await FollowAsync(await SubmitAsync(factor, [("method", "recovery_code"), ("code", person.NextRecoveryCode()), .. more]));
    }

    public void Dispose() => _client.Dispose();

    private async Task<Page> SendAsync(HttpRequestMessage request)
    {
        using var sent = request;
        if (Cookies.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        using var answer = await _client.SendAsync(request);
        if (answer.Headers.TryGetValues("Set-Cookie", out var cookies)) foreach (var cookie in cookies) Take(cookie);
        var headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(), headers);
    }

    private void Take(string cookie)
    {
        SetCookies.Add(cookie);
        var (name, value) = cookie.Split(';')[0].Split('=', 2) is [var left, var right] ? (left, right) : throw new InvalidOperationException(cookie);
        if (value.Length == 0) Cookies.Remove(name);
        else Cookies[name] = value;
    }
}

internal sealed partial record Page(HttpStatusCode Status, string Html, Dictionary<string, string> Headers)
{
    public string? Next => Headers.GetValueOrDefault("Location") ?? (Refresh().Match(Html) is { Success: true } found ? WebUtility.HtmlDecode(found.Groups[1].Value) : null);

    public string Action => Form().Match(Html) is { Success: true } found ? found.Groups[1].Value : throw new InvalidOperationException($"No form: {Status} {Html}");

    /// <summary>Of the first form.</summary>
    public (string, string)[] Hidden => Form().Match(Html) is { Success: true } found ? HiddenFrom(found.Index) : [];

    /// <summary>What the page's script would hand to the browser; null: it asks for no passkey.</summary>
    public (string Ceremony, JsonElement Options)? Passkey => Ask().Match(Html) is { Success: true } found
        ? (found.Groups[1].Value, JsonElement.Parse(WebUtility.HtmlDecode(found.Groups[2].Value))) : null;

    /// <summary>Of the form that leads there, on a page that has several.</summary>
    public (string, string)[] HiddenOf(string action) => HiddenFrom(Html.IndexOf($"action=\"{action}\"", StringComparison.Ordinal));

    /// <summary>A parameter of the address that the page leads to.</summary>
    public string? Given(string name) => Next?.Split('?', 2) is [_, var query] ? System.Web.HttpUtility.ParseQueryString(query)[name] : null;

    private (string, string)[] HiddenFrom(int start)
    {
        Assert.True(start >= 0, Html);
        return [.. HiddenField().Matches(Html[start..Html.IndexOf("</form>", start, StringComparison.Ordinal)]).Select(found => (found.Groups[1].Value, WebUtility.HtmlDecode(found.Groups[2].Value)))];
    }

    [GeneratedRegex("""data-ceremony="([^"]+)" data-options="([^"]+)" hidden""")]
    private static partial Regex Ask();

    [GeneratedRegex("""<meta http-equiv="refresh" content="0;url=([^"]+)"\s*/?>""")]
    private static partial Regex Refresh();

    [GeneratedRegex("""<form method="post" action="([^"]+)">""")]
    private static partial Regex Form();

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)"\s*/?>""")]
    private static partial Regex HiddenField();
}
