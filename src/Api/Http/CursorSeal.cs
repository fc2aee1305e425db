using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Api.Http;

/// <summary>
/// Seals what a cursor holds (AES-256-GCM): it carries a name, and a URL ends up in histories and logs. The associated data is the
/// query that the cursor belongs to, so it opens for that tenant, filter and order only. The nonce is derived from the content
/// (HMAC-SHA-256), so equal pages have equal cursors and their entity tags hold.
/// </summary>
internal sealed class CursorSeal
{
    private const int Nonce = 12;
    private const int Tag = 16;
    private const int LongestText = 2048;
    private readonly byte[] _encryption;
    private readonly byte[] _derivation;

    public CursorSeal(IOptions<PagingOptions> options)
    {
        var key = options.Value.KeyFile is { Length: > 0 } file ? KeyFile.Read(file, "Paging:KeyFile") : RandomNumberGenerator.GetBytes(KeyFile.Size);
        _encryption = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyFile.Size, info: "cursor encryption"u8.ToArray());
        _derivation = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, KeyFile.Size, info: "cursor nonce"u8.ToArray());
    }

    public string Seal(ReadOnlySpan<byte> content, string query)
    {
        var associated = Encoding.UTF8.GetBytes(query);
        var sealedCursor = new byte[Nonce + content.Length + Tag];
        using (var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _derivation))
        {
            hmac.AppendData(associated);
            hmac.AppendData([0]);
            hmac.AppendData(content);
            hmac.GetHashAndReset().AsSpan(0, Nonce).CopyTo(sealedCursor);
        }

        using var aes = new AesGcm(_encryption, Tag);
        aes.Encrypt(sealedCursor.AsSpan(0, Nonce), content, sealedCursor.AsSpan(Nonce, content.Length), sealedCursor.AsSpan(Nonce + content.Length), associated);
        return Base64Url.EncodeToString(sealedCursor);
    }

    public bool TryOpen(string cursor, string query, [NotNullWhen(true)] out byte[]? content)
    {
        content = null;
        if (cursor.Length > LongestText || !Base64Url.IsValid(cursor)) return false;
        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length < Nonce + Tag) return false;
        var opened = new byte[bytes.Length - Nonce - Tag];
        using var aes = new AesGcm(_encryption, Tag);
        try
        {
            aes.Decrypt(bytes.AsSpan(0, Nonce), bytes.AsSpan(Nonce, opened.Length), bytes.AsSpan(Nonce + opened.Length), opened, Encoding.UTF8.GetBytes(query));
        }
        catch (AuthenticationTagMismatchException)
        {
            return false; // changed on the way, of another query, or sealed by a key that is gone: all the same to the caller
        }

        content = opened;
        return true;
    }
}
