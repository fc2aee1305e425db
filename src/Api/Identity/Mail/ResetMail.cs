using System.Globalization;

namespace ComplianceGrid.Api.Identity.Mail;

/// <summary>The message with which a password is reset. It names nobody and nothing that the address does not know already.</summary>
internal static class ResetMail
{
    /// <param name="page">The page that takes the token, absolute. The page works without script, so the token is in its query: it must not be logged, and the page sends no referrer.</param>
    public static OutgoingMail Compose(string to, string issuer, Uri page, string token, TimeSpan life) => new(to,
        $"{issuer}: a new password",
        string.Create(CultureInfo.InvariantCulture, $"""
            Somebody, most likely you, asked for a new password for your account of {issuer}.

            To choose one, open this within {life.TotalMinutes:0} minutes. It works once.

            {page.GetLeftPart(UriPartial.Query)}{(page.Query.Length > 0 ? '&' : '?')}token={token}

            It asks for your second factor as well. If you did not ask for this, leave it: nothing has changed.
            """));
}
