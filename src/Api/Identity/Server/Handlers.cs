using System.Text.Json;
using ComplianceGrid.ServiceDefaults.Problems;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace ComplianceGrid.Api.Identity.Server;

/// <summary>
/// Reads a token request: a form at the standard's address (RFC 6749 §3.2), JSON at those of <c>/api/auth</c>, which name no grant and
/// no client because they have but one.
/// </summary>
internal sealed class ReadTokenRequest : IOpenIddictServerHandler<ExtractTokenRequestContext>
{
    private const int LongestBody = 16 << 10;
    private const int LongestValue = 8 << 10;

    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor.CreateBuilder<ExtractTokenRequestContext>()
        .UseSingletonHandler<ReadTokenRequest>()
        .SetOrder(OpenIddictServerAspNetCoreHandlers.ExtractPostRequest<ExtractTokenRequestContext>.Descriptor.Order)
        .Build();

    public async ValueTask HandleAsync(ExtractTokenRequestContext context)
    {
        var request = context.Transaction.GetHttpRequest()!;
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Reject(Errors.InvalidRequest, "Send a POST.");
        }
        else if (GrantOf(request.Path) is not { } grant)
        {
            if (request.HasFormContentType) context.Transaction.Request = new(await request.ReadFormAsync(context.CancellationToken));
            else context.Reject(Errors.InvalidRequest, "Send application/x-www-form-urlencoded.");
        }
        else if (await JsonAsync(request, context.CancellationToken) is { } values)
        {
            values[Parameters.GrantType] = grant;
            values[Parameters.ClientId] = GridGrants.FirstParty;
            if (grant == GridGrants.SignIn) values[Parameters.Scope] = $"{Scopes.OpenId} {Scopes.OfflineAccess}";
            context.Transaction.Request = new(values);
        }
        else
        {
            context.Reject(Errors.InvalidRequest, "Send a JSON object whose members are texts.");
        }
    }

    private static string? GrantOf(PathString path) =>
        path.Equals(GridGrants.MfaChallenge) ? GridGrants.SignIn : path.Equals(GridGrants.Refresh) || path.Equals(GridGrants.SwitchTenant) ? GrantTypes.RefreshToken : null;

    private static async Task<Dictionary<string, OpenIddictParameter>?> JsonAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasJsonContentType() || request.ContentLength > LongestBody) return null;
        try
        {
            var body = new byte[LongestBody + 1];
            var size = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, ct);
            if (size > LongestBody) return null;
            using var json = JsonDocument.Parse(body.AsMemory(0, size), new() { AllowDuplicateProperties = false, MaxDepth = 8 });
            if (json.RootElement.ValueKind != JsonValueKind.Object) return null;
            var values = new Dictionary<string, OpenIddictParameter>(StringComparer.Ordinal);
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (TextOf(member.Value) is not { Length: <= LongestValue } text) return null;
                values[member.Name] = text;
            }

            return values;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) // the latter: a text that is none, as bad UTF-8 or half a surrogate pair
        {
            return null;
        }
    }

    // A passkey's answer is an object in itself; it stays text, as its reader wants it.
    private static string? TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : value.ValueKind == JsonValueKind.Object ? value.GetRawText() : null;
}

/// <summary>At the addresses of <c>/api/auth</c> a refusal is a problem document like everywhere in the API (RFC 9457).</summary>
internal sealed class WriteProblem : IOpenIddictServerHandler<ApplyTokenResponseContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyTokenResponseContext>()
        .UseSingletonHandler<WriteProblem>()
        .SetOrder(int.MinValue + 50_000)
        .Build();

    public async ValueTask HandleAsync(ApplyTokenResponseContext context)
    {
        if (context.Error is not { } error || context.Transaction.GetHttpRequest()?.HttpContext is not { } http || !http.Request.Path.StartsWithSegments("/api")) return;
        var (number, detail) = error switch
        {
            Errors.InvalidGrant or Errors.InvalidToken => (GridError.Unauthenticated, "The refresh token is not good any more. Sign in again."),
            Errors.InvalidRequest => (GridError.Malformed, context.Response.ErrorDescription ?? "The request is not well formed."),
            Errors.ServerError or Errors.TemporarilyUnavailable => (GridError.Unavailable, "Tokens cannot be issued at the moment. Try again."),
            _ => (GridError.Forbidden, "This cannot be had here."),
        };
        await GridProblems.WriteAsync(http, number, detail);
        context.HandleRequest();
    }
}
