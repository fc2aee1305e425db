using System.Collections.Immutable;
using System.Text;

namespace ComplianceGrid.Storage.Audit.Notes;

/// <summary>A text and those who signed it (C2SP signed-note): the text, an empty line, then one signature a line.</summary>
/// <param name="Text">Ends in a newline. It means nothing until a signature of a known key has been verified.</param>
public sealed record SignedNote(string Text, ImmutableArray<NoteSignature> Signatures)
{
    /// <summary>Bytes. Sixteen signatures of the longest kind must be accepted (ML-DSA-44: 3.3 kB a line).</summary>
    public const int LongestNote = 256 * 1024;

    private const string Separator = "\n\n";
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="NoteException">It is no signed note.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> note)
    {
        if (note.Length > LongestNote) throw new NoteException($"A note must not have more than {LongestNote} bytes.");
        try
        {
            return Parse(Utf8.GetString(note));
        }
        catch (DecoderFallbackException)
        {
            throw new NoteException("A note must be UTF-8.");
        }
    }

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static SignedNote Parse(string note)
    {
        if (note.Length > LongestNote) throw new NoteException($"A note must not have more than {LongestNote} bytes.");
        if (note.Any(character => character < ' ' && character != '\n')) throw new NoteException("A note must not have control characters.");
        if (!note.EndsWith('\n')) throw new NoteException("A note must end in a newline.");
        var split = note.LastIndexOf(Separator, StringComparison.Ordinal);
        if (split < 0) throw new NoteException("A note must have an empty line before its signatures.");
        var signatures = ImmutableArray.CreateBuilder<NoteSignature>();
        foreach (var line in note[(split + Separator.Length)..].Split('\n')[..^1]) signatures.Add(NoteSignature.Parse(line));
        if (signatures.Count == 0) throw new NoteException("A note must have a signature.");
        return new(note[..(split + 1)], signatures.ToImmutable());
    }

    /// <summary>The same note with a further signature.</summary>
    public SignedNote With(NoteSignature signature) => this with { Signatures = Signatures.Add(signature) };

    /// <summary>Verifies as the specification asks: at least one signature is by a known key, and none of a known key is wrong.</summary>
    /// <exception cref="NoteException">It is signed by none of the keys, or by one of them wrongly.</exception>
    public void Verify(IReadOnlyCollection<VerifierKey> known)
    {
        var verified = false;
        foreach (var signature in Signatures)
        {
            if (known.FirstOrDefault(key => key.IsOf(signature)) is not { } key) continue;
            if (!key.Verifies(Encoding.UTF8.GetBytes(Text), signature)) throw new NoteException($"The signature of {key.Name} does not fit the text.");
            verified = true;
        }

        if (!verified) throw new NoteException("The note is signed by no key that is known here.");
    }

    /// <summary>As it is stored and sent.</summary>
    public override string ToString() => $"{Text}\n{string.Concat(Signatures.Select(signature => signature.Line))}";
}
