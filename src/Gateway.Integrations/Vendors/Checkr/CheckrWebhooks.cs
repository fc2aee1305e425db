using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using ComplianceGrid.Gateway.Webhooks;

namespace ComplianceGrid.Gateway.Vendors.Checkr;

/// <summary>Checkr's envelope: <c>{id, object: "event", type, created_at, account_id?, data: {object: {id, object, uri}}}</c>.</summary>
internal sealed class CheckrWebhooks : IWebhookVendor
{
    private const int MaxDepth = 32;
    private const int MaxId = 200;
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:");

    public string Name => CheckrApi.Vendor;

    public bool IsSigned(IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> keys) =>
        headers[CheckrSignature.Header] is [{ } signature] && CheckrSignature.Fits(signature, body, keys);

    /// <summary>Reads tokens up to the account id and builds nothing: the sender is still unknown.</summary>
    public string? FindAccountId(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new() { MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isAccount = reader.ValueTextEquals("account_id"u8);
                reader.Read();
                if (isAccount) return reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxId ? IdOf(reader.GetString()) : null;
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: a string that is not Unicode
        {
            return null;
        }

        return null;
    }

    public WebhookEnvelope? Parse(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span)) return null;
        try
        {
            using var document = JsonDocument.Parse(body, new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            return Read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static WebhookEnvelope? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || Text(root, "object") != "event") return null;
        if (IdOf(Text(root, "id")) is not { } id || IdOf(Text(root, "type")) is not { } type) return null;
        var thing = root.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
            && data.TryGetProperty("object", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : default;
        var (kind, objectId) = thing.ValueKind == JsonValueKind.Object ? (IdOf(Text(thing, "object")), IdOf(Text(thing, "id"))) : (null, null);

        if (CheckrApi.KindOf(type) is not { } worked) return new(id, type, new(kind ?? "none", objectId ?? "none"), "event-type-needs-no-work");
        return kind == worked && objectId is not null ? new(id, type, new(kind, objectId), null) : null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? IdOf(string? text) =>
        text is { Length: > 0 and <= MaxId } && !text.AsSpan().ContainsAnyExcept(IdCharacters) ? text : null;
}
