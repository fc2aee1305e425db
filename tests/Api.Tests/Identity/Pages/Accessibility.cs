using System.Text.RegularExpressions;

namespace ComplianceGrid.Api.Tests.Identity.Pages;

internal static class Accessibility
{
    /// <summary>What of WCAG 2.2 AA can be read off a page: language, title, one heading and main, a label for each field, and where a field is described.</summary>
    public static void Check(Page page)
    {
        Assert.StartsWith("text/html", page.Headers["Content-Type"]);
        Assert.StartsWith("<!DOCTYPE html>", page.Html);
        Assert.Contains("<html lang=\"en\">", page.Html);
        Assert.Matches("<title>[^<]+</title>", page.Html);
        Assert.Single(Regex.Matches(page.Html, "<h1>"));
        Assert.Single(Regex.Matches(page.Html, "<main id=\"main\">"));
        Assert.Contains("<header>", page.Html);
        Assert.DoesNotMatch("(?i)<script(?! src=\"/pages/passkey\\.js\" defer></script>)", page.Html);
        Assert.DoesNotMatch(" (style|on[a-z]+)=\"", page.Html);
        foreach (var input in Regex.Matches(page.Html, "<input (?!type=\"hidden\")[^>]*>").Select(match => match.Value).Where(input => !input.Contains("radio")))
        {
            var id = Regex.Match(input, " id=\"([^\"]+)\"").Groups[1].Value;
            Assert.Contains($"<label for=\"{id}\">", page.Html);
            Assert.Matches("autocomplete=\"(username|current-password|new-password|one-time-code|tel)\"", input);
        }

        foreach (var described in Regex.Matches(page.Html, "aria-describedby=\"([^\"]+)\"").SelectMany(match => match.Groups[1].Value.Split(' ')))
            Assert.Contains($"id=\"{described}\"", page.Html);
    }
}
