using System.Collections.Immutable;
using System.Text.Json;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Audit;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary><c>ComplianceGrid.Api clients add</c>: registers an application that signs people in by their browsers.</summary>
internal static class ClientsCommand
{
    private const string Usage = """
        clients add --id ID --name N --redirect URI[,URI] [--post-logout URI[,URI]] [--trust own|other]
            Registers a public client for the code flow with PKCE. A URI is taken exactly as it stands: https, or http on 127.0.0.1, [::1] or
            localhost. Of people who sign in to a client that is not our own it is asked whether they allow it. The grid must be running: this
            is an entry in the system's log before it is done.
        """;

    private static readonly string[] Known = ["--id", "--name", "--redirect", "--post-logout", "--trust"];

    /// <param name="options">Configuration as on a host's command line, for a test.</param>
    /// <returns>The process' exit code: 0 done, 2 not understood or not possible.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, params string[] options)
    {
        if (args is not ["add", .. var rest] || Parse(rest) is not { } given) return await OperatorCommand.FailAsync(error, Usage);
        return await OperatorCommand.RunAsync(async services =>
        {
            await AddAsync(services, given, CancellationToken.None);
            return [$"client {given.Id}"];
        }, output, error, options);
    }

    private static async Task AddAsync(IServiceProvider services, BrowserClient client, CancellationToken ct)
    {
        var clients = services.GetRequiredService<ClientDirectory>();
        if (await clients.IsKnownAsync(client.Id, ct)) throw new GridException(GridError.AlreadyExists, "There is a client of this id.");
        await OperatorActs.RecordAsync(services, OperatorActs.Entry(AuditEntry.SystemTenant, services.GetRequiredService<TimeProvider>().GetUtcNow()) with
        {
            Action = AuditAction.Create,
            Resource = "clients",
            ResourceId = client.Id,
            Details = JsonSerializer.Serialize(new { redirects = client.Redirects, isOurs = client.IsOurs }),
        });
        await clients.AddBrowserClientAsync(client, ct);
    }

    private static BrowserClient? Parse(ReadOnlySpan<string> args)
    {
        if (OperatorCommand.Options(args, Known) is not { } given || given.GetValueOrDefault("--trust", "other") is not ("own" or "other")) return null;
        if (given.GetValueOrDefault("--id") is not { Length: > 0 and <= 100 } id || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')) return null;
        if (given.GetValueOrDefault("--name") is not { Length: > 0 and <= 100 } title) return null;
        if (Uris(given.GetValueOrDefault("--redirect")) is not { IsEmpty: false } redirects || Uris(given.GetValueOrDefault("--post-logout")) is not { } after) return null;
        return new(id, title, redirects, after, given.GetValueOrDefault("--trust") == "own");
    }

    /// <returns>Null: one of them cannot be used.</returns>
    private static ImmutableArray<Uri>? Uris(string? list)
    {
        if (list is null) return [];
        var texts = list.Split(',');
        ImmutableArray<Uri> uris = [.. texts.Select(text => Uri.TryCreate(text, UriKind.Absolute, out var uri) && IsUsable(uri) ? uri : null).OfType<Uri>()];
        return uris.Length == texts.Length ? uris : null;
    }

    // RFC 9700 §2.1, RFC 8252 §7.3; a fragment is taken by none (RFC 6749 §3.1.2).
    private static bool IsUsable(Uri uri) => uri.Fragment.Length == 0 && uri.UserInfo.Length == 0 && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
