using System.Buffers.Binary;

namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>One signature line of a note: <c>— name base64(key id || signature)</c>.</summary>
/// <param name="Name">The key's name: no blank, no plus sign.</param>
/// <param name="KeyId">With the name it says which key signed, and how.</param>
public sealed record NoteSignature(string Name, uint KeyId, ReadOnlyMemory<byte> Signature)
{
    private const string Start = "— ";
    private const int KeyIdSize = sizeof(uint);

    /// <summary>The line, with its newline.</summary>
    public string Line
    {
        get
        {
            var bytes = new byte[KeyIdSize + Signature.Length];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
            Signature.Span.CopyTo(bytes.AsSpan(KeyIdSize));
            return $"{Start}{Name} {Convert.ToBase64String(bytes)}\n";
        }
    }

    /// <param name="line">Without its newline.</param>
    /// <exception cref="NoteException">It is no signature line.</exception>
    public static NoteSignature Parse(ReadOnlySpan<char> line)
    {
        if (!line.StartsWith(Start, StringComparison.Ordinal)) throw new NoteException("A signature line must start with an em dash and a space.");
        var rest = line[Start.Length..];
        var blank = rest.IndexOf(' ');
        if (blank < 0) throw new NoteException("A signature line must have a key name and a signature.");
        var name = rest[..blank].ToString();
        if (!IsName(name)) throw new NoteException("A key name must not be empty nor have blanks or plus signs.");
        var bytes = StrictBase64.TryDecode(rest[(blank + 1)..]) ?? throw new NoteException("A signature must be base64.");
        if (bytes.Length <= KeyIdSize) throw new NoteException("A signature line must have a key id and a signature.");
        return new(name, BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes.AsMemory(KeyIdSize));
    }

    internal static bool IsName(string name) => name.Length > 0 && !name.Any(character => char.IsWhiteSpace(character) || character == '+');
}
