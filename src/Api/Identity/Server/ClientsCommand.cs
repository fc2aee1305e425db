using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Identity.Accounts;
using ComplianceGrid.Audit;
using ComplianceGrid.Tenancy;
using Microsoft.IdentityModel.Tokens;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary><c>ComplianceGrid.Api clients add</c>: registers an application that signs people in by their browsers, or a service.</summary>
internal static class ClientsCommand
{
    private const string Usage = """
        clients add --id ID --name N --redirect URI[,URI] [--post-logout URI[,URI]] [--trust own|other]
            Registers a public client for the code flow with PKCE. A URI is taken exactly as it stands: https, or http on 127.0.0.1, [::1] or
            localhost. Of people who sign in to a client that is not our own it is asked whether they allow it. The grid must be running: this
            is an entry in the system's log before it is done.
        clients add-service --id ID --public-key FILE --tenants TENANT[,TENANT]
            Registers a service that proves itself by its P-256 key (private_key_jwt), the public half in a PEM file, for these tenants.
        clients add-service --id ID --certificate FILE --tenants TENANT[,TENANT]
            The same by a certificate that it has signed itself (RFC 8705), in a PEM file: P-256 or RSA of 2048 bits or more, for digital signatures and
            client authentication. When the certificate ends, the service is registered anew under another id.
        """;

    private static readonly string[] Known = ["--id", "--name", "--redirect", "--post-logout", "--trust"];
    private static readonly string[] KnownOfService = ["--id", "--public-key", "--certificate", "--tenants"];

    /// <param name="options">Configuration as on a host's command line, for a test.</param>
    /// <returns>The process' exit code: 0 done, 2 not understood or not possible.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, params string[] options)
    {
        if (args is ["add", .. var rest] && Parse(rest) is { } browser)
        {
            return await AddAsync(browser.Id, new { redirects = browser.Redirects, isOurs = browser.IsOurs },
                clients => clients.AddBrowserClientAsync(browser, CancellationToken.None), output, error, options);
        }

        if (args is ["add-service", .. var given] && ParseService(given) is var (id, key, tenants))
            return await AddAsync(id, new { tenants }, clients => clients.AddServiceAsync(id, key, tenants, CancellationToken.None), output, error, options);
        return await OperatorCommand.FailAsync(error, Usage);
    }

    private static Task<int> AddAsync(string id, object details, Func<ClientDirectory, Task> add, TextWriter output, TextWriter error, string[] options) =>
        OperatorCommand.RunAsync(async services =>
        {
            var clients = services.GetRequiredService<ClientDirectory>();
            if (await clients.IsKnownAsync(id, CancellationToken.None)) throw new GridException(GridError.AlreadyExists, "There is a client of this id.");
            await OperatorActs.RecordAsync(services, OperatorActs.Entry(TenantId.System.Value, services.GetRequiredService<TimeProvider>().GetUtcNow()) with
            {
                Action = AuditAction.Create,
                Resource = "clients",
                ResourceId = id,
                Details = JsonSerializer.Serialize(details),
            });
            await add(clients);
            await output.WriteLineAsync($"client {id}");
        }, error, options);

    private static BrowserClient? Parse(ReadOnlySpan<string> args)
    {
        if (OperatorCommand.Options(args, Known) is not { } given || given.GetValueOrDefault("--trust", "other") is not ("own" or "other")) return null;
        if (given.GetValueOrDefault("--id") is not { } id || !IsId(id)) return null;
        if (given.GetValueOrDefault("--name") is not { Length: > 0 and <= 100 } title) return null;
        if (Uris(given.GetValueOrDefault("--redirect")) is not { IsEmpty: false } redirects || Uris(given.GetValueOrDefault("--post-logout")) is not { } after) return null;
        return new(id, title, redirects, after, given.GetValueOrDefault("--trust") == "own");
    }

    private static (string Id, JsonWebKey Key, ImmutableArray<string> Tenants)? ParseService(ReadOnlySpan<string> args)
    {
        if (OperatorCommand.Options(args, KnownOfService) is not { } given || given.GetValueOrDefault("--id") is not { } id || !IsId(id)) return null;
        if (given.GetValueOrDefault("--tenants")?.Split(',') is not { } tenants || !tenants.All(TenantId.IsValid)) return null;
        if (given.ContainsKey("--public-key") == given.ContainsKey("--certificate")) return null;
        return (PublicKey(given.GetValueOrDefault("--public-key")) ?? Certificate(given.GetValueOrDefault("--certificate"))) is { } key ? (id, key, [.. tenants]) : null;
    }

    /// <returns>Null: there is no such file, or no certificate in it that a service can be known by.</returns>
    private static JsonWebKey? Certificate(string? file)
    {
        if (!File.Exists(file)) return null;
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(file));
            return MutualTls.IsUsable(certificate) ? JsonWebKeyConverter.ConvertFromX509SecurityKey(new X509SecurityKey(certificate)) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <returns>Null: there is no such file, or no public key on P-256 in it.</returns>
    private static JsonWebKey? PublicKey(string? file)
    {
        if (!File.Exists(file)) return null;
        using var read = ECDsa.Create();
        try
        {
            read.ImportFromPem(File.ReadAllText(file));
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return null;
        }

        // The public half alone: a service's private key, given by mistake, must not end up in the database.
        return read.KeySize == 256 ? JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new(ECDsa.Create(read.ExportParameters(includePrivateParameters: false)))) : null;
    }

    // RFC 9700 §4.15: a client's id is its tokens' subject, as an account's id is a person's. Who chooses the one must not be taken for the other.
    private static bool IsId(string id) => !Guid.TryParse(id, out _) && id.Length is > 0 and <= 100 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

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
