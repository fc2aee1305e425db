using System.Text;
using System.Text.Encodings.Web;

namespace ComplianceGrid.VendorSandbox.Inbox;

/// <summary>What the grid would have sent to a telephone or a mailbox, for whoever tries it out: <c>GET /inbox</c> in a browser.</summary>
internal static class InboxEndpoints
{
    public static void MapInbox(this IEndpointRouteBuilder app)
    {
        app.MapPost("/inbox", (PostedMessage message, InboxState inbox) =>
        {
            inbox.Add(message);
            return Results.NoContent();
        });
        app.MapGet("/inbox/messages", (string? to, InboxState inbox) => inbox.To(to));
        app.MapGet("/inbox", (string? to, InboxState inbox, HttpContext http) =>
        {
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'";
            http.Response.Headers.CacheControl = "no-store";
            return Results.Content(Page(inbox.To(to)), "text/html; charset=utf-8");
        });
    }

    private static string Page(IReadOnlyList<ReceivedMessage> messages)
    {
        var page = new StringBuilder("<!doctype html><html lang=en><title>Inbox of the sandbox</title><h1>Inbox of the sandbox</h1>");
        if (messages.Count == 0) page.Append("<p>No messages yet.</p>");
        foreach (var message in messages)
            page.Append($"<article><h2>{Html(message.Channel)} to {Html(message.To)}</h2><p>{message.At:u} {Html(message.Subject ?? "")}</p><pre>{Html(message.Text)}</pre></article>");
        return page.Append("</html>").ToString();
    }

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);
}
