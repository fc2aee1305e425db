using System.Security.Cryptography;
using System.Text;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Storage.Tests.Audit.Notes;

public sealed class SignedNoteTests : IDisposable
{
    private const string Name = "example.com/ledger";
    private const string Text = "example.com/ledger/acme\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    private readonly ECDsa _private = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly VerifierKey _key;

    public SignedNoteTests() => _key = new(Name, _private.ExportSubjectPublicKeyInfo());

    public void Dispose() => _private.Dispose();

    [Fact]
    public void A_signed_note_reads_back_and_verifies()
    {
        var note = Sign(Text);
        var read = SignedNote.Parse(Encoding.UTF8.GetBytes(note.ToString()));

        Assert.Equal(Text, read.Text);
        Assert.Equal(note.ToString(), read.ToString());
        Assert.Equal(3, Checkpoint.Verified(read, [_key]).Size);
        Assert.StartsWith($"{Text}\n— {Name} ", note.ToString());
    }

    [Fact]
    public void The_key_id_is_the_start_of_the_digest_of_the_public_key()
    {
        var spki = _private.ExportSubjectPublicKeyInfo();
        var id = Convert.ToHexStringLower(SHA256.HashData(spki).AsSpan(0, 4));

        Assert.Equal($"{Name}+{id}+{Convert.ToBase64String([2, .. spki])}", _key.ToString());
        Assert.Equal(_key.ToString(), VerifierKey.Parse(_key.ToString()).ToString());
        Assert.Equal(_key.ToString(), VerifierKey.FromPem(Name, _private.ExportSubjectPublicKeyInfoPem()).ToString());
        Assert.Equal(_key.ToString(), VerifierKey.FromPem(Name, _private.ExportPkcs8PrivateKeyPem()).ToString());
    }

    [Fact]
    public void Only_a_known_key_counts_and_a_wrong_signature_of_one_spoils_the_note()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var otherKey = new VerifierKey("example.com/other", other.ExportSubjectPublicKeyInfo());
        var note = Sign(Text);
        var both = note.With(new(otherKey.Name, otherKey.KeyId, other.SignData(Encoding.UTF8.GetBytes(Text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));

        both.Verify([_key]);
        both.Verify([otherKey, _key]);
        Assert.Throws<NoteException>(() => note.Verify([otherKey]));
        Assert.Throws<NoteException>(() => note.Verify([new VerifierKey("example.com/name", _private.ExportSubjectPublicKeyInfo())]));
        Assert.Throws<NoteException>(() => note.With(note.Signatures[0] with { Signature = both.Signatures[1].Signature }).Verify([_key]));
        note.With(note.Signatures[0] with { KeyId = 7, Signature = new byte[70] }).Verify([_key]); // an unknown key's is ignored
        Assert.Throws<NoteException>(() => (note with { Text = Text.Replace('3', '4') }).Verify([_key]));
    }

    [Fact]
    public void Any_single_byte_of_a_note_that_changes_makes_it_fail()
    {
        var bytes = Encoding.UTF8.GetBytes(Sign(Text).ToString());
        for (var at = 0; at < bytes.Length; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 0x04;
            Assert.Throws<NoteException>(() => Checkpoint.Verified(SignedNote.Parse(changed), [_key]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n— n AAAAAAA=\n")]
    [InlineData("text\n\n— n AAAAAAA=")]
    [InlineData("text\r\n\n— n AAAAAAA=\n")]
    [InlineData("te\txt\n\n— n AAAAAAA=\n")]
    [InlineData("text\n\n- n AAAAAAA=\n")]
    [InlineData("text\n\n—n AAAAAAA=\n")]
    [InlineData("text\n\n— AAAAAAA=\n")]
    [InlineData("text\n\n—  AAAAAAA=\n")]
    [InlineData("text\n\n— n+m AAAAAAA=\n")]
    [InlineData("text\n\n— n\u00A0m AAAAAAA=\n")]
    [InlineData("text\n\n— n AAAA\n")]
    [InlineData("text\n\n— n AAAAAA==\n")]
    [InlineData("text\n\n— n AAAAAAB=\n")]
    [InlineData("text\n\n— n AAAAAAA\n")]
    [InlineData("text\n\n— n AAAAAAA= \n")]
    [InlineData("text\n\n— n  AAAAAAA=\n")]
    [InlineData("text\n\n— n AAAA AAA=\n")]
    public void What_is_no_note_is_refused(string note) => Assert.Throws<NoteException>(() => SignedNote.Parse(Encoding.UTF8.GetBytes(note)));

    [Fact]
    public void A_note_that_is_not_utf8_or_too_long_is_refused()
    {
        Assert.Throws<NoteException>(() => SignedNote.Parse([.. "text"u8, 0xFF, .. "\n\n— n AAAAAAA=\n"u8, 0xFF, (byte)'\n']));
        Assert.Throws<NoteException>(() => SignedNote.Parse(new byte[SignedNote.LongestNote + 1]));
    }

    [Fact]
    public void The_text_may_have_empty_lines_and_there_may_be_many_signatures()
    {
        var note = SignedNote.Parse("a\n\nb\n\n" + string.Concat(Enumerable.Repeat("— n AAAAAAA=\n", 40)));
        Assert.Equal("a\n\nb\n", note.Text);
        Assert.Equal(40, note.Signatures.Length);
    }

    [Theory]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")]
    [InlineData("o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n9223372036854775808\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxqw==\n")]
    [InlineData("o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nextension\n")]
    public void What_is_no_checkpoint_is_refused(string text) => Assert.Throws<NoteException>(() => Checkpoint.Parse(text));

    [Fact]
    public void A_key_on_another_curve_or_with_another_id_is_refused()
    {
        using var large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var other = ECDsa.Create(ECCurve.CreateFromFriendlyName("secp256k1"));
        var parts = _key.ToString().Split('+', 3);
        foreach (var key in new[] { large, other }) Assert.Throws<NoteException>(() => new VerifierKey(Name, key.ExportSubjectPublicKeyInfo()));
        Assert.Throws<NoteException>(() => new VerifierKey(Name, [.. _private.ExportSubjectPublicKeyInfo(), 0]));
        Assert.Throws<NoteException>(() => new VerifierKey("a b", _private.ExportSubjectPublicKeyInfo()));
        Assert.Throws<NoteException>(() => VerifierKey.Parse($"{parts[0]}+00000000+{parts[2]}"));
        Assert.Throws<NoteException>(() => VerifierKey.Parse($"{parts[0]}+{parts[1]}+{Convert.ToBase64String([1, .. new byte[32]])}"));
        Assert.Throws<NoteException>(() => VerifierKey.Parse(parts[0]));
        Assert.Throws<NoteException>(() => VerifierKey.FromPem(Name, "no key"));
    }

    [Theory]
    [InlineData("acme", 0, "l/acme")]
    [InlineData("acme", 12, "l/acme/12")]
    public void An_origin_names_tenant_and_epoch(string tenant, int epoch, string origin)
    {
        Assert.Equal(origin, LedgerOrigin.Of("l", tenant, epoch));
        Assert.Equal((tenant, epoch), LedgerOrigin.TryParse("l", origin));
    }

    [Theory]
    [InlineData("l"), InlineData("l/"), InlineData("m/acme"), InlineData("l/acme/0"), InlineData("l/acme/01"), InlineData("l/acme/1/2"), InlineData("l/ACME"), InlineData("l/acme/x")]
    public void Another_ledgers_origin_is_none(string origin) => Assert.Null(LedgerOrigin.TryParse("l", origin));

    private SignedNote Sign(string text) => new(text, [new(_key.Name, _key.KeyId,
        _private.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))]);
}
