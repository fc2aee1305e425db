using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace ComplianceGrid.Silo.Tests.Ledger;

/// <summary>A witness written from C2SP tlog-witness alone: parses, verifies and cosigns by code of its own.</summary>
internal sealed class TestWitness : IAsyncDisposable
{
    private const string Name = "witness.example/w1";

    private readonly WebApplication _app;
    private readonly Lock _turn = new();
    private readonly AsymmetricCipherKeyPair _key;
    private readonly bool _postQuantum;

    private TestWitness(WebApplication app, bool postQuantum)
    {
        (_app, _postQuantum) = (app, postQuantum);
        IAsymmetricCipherKeyPairGenerator generator = postQuantum ? new MLDsaKeyPairGenerator() : new Ed25519KeyPairGenerator();
        generator.Init(postQuantum ? new MLDsaKeyGenerationParameters(new SecureRandom(), MLDsaParameters.ml_dsa_44) : new Ed25519KeyGenerationParameters(new SecureRandom()));
        _key = generator.GenerateKeyPair();
    }

    public Dictionary<string, (long Size, byte[] Root)> Cosigned { get; } = [];

    /// <summary>Origins that it knows, with the key of each: DER SubjectPublicKeyInfo.</summary>
    public Dictionary<string, byte[]> Logs { get; } = [];

    public List<int> Answers { get; } = [];

    /// <summary>In place of an answer; to be away.</summary>
    public int? Fails { get; set; }

    public Uri Url => new($"{_app.Urls.Single()}/submit/here");

    public string VerifierKey
    {
        get
        {
            byte[] key = [(byte)(_postQuantum ? 6 : 4), .. PublicKey];
            return $"{Name}+{Convert.ToHexStringLower(KeyId)}+{Convert.ToBase64String(key)}";
        }
    }

    private byte[] PublicKey => _postQuantum ? ((MLDsaPublicKeyParameters)_key.Public).GetEncoded() : ((Ed25519PublicKeyParameters)_key.Public).GetEncoded();

    private byte[] KeyId => SHA256.HashData([.. Encoding.UTF8.GetBytes(Name), 0x0A, (byte)(_postQuantum ? 6 : 4), .. PublicKey])[..4];

    public static async Task<TestWitness> StartAsync(CancellationToken ct, bool postQuantum = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var witness = new TestWitness(app, postQuantum);
        app.MapPost("/submit/here/add-checkpoint", async (HttpRequest request) =>
        {
            using var body = new StreamReader(request.Body, Encoding.UTF8);
            var text = await body.ReadToEndAsync(request.HttpContext.RequestAborted);
            var (status, answer, type) = witness.Answer(text);
            return Results.Text(answer, type, Encoding.UTF8, status);
        });
        await app.StartAsync(ct);
        return witness;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private (int Status, string Body, string Type) Answer(string request)
    {
        lock (_turn)
        {
            var answer = Fails is { } status ? (status, "", "text/plain") : Judge(request);
            Answers.Add(answer.Item1);
            return answer;
        }
    }

    private (int Status, string Body, string Type) Judge(string request)
    {
        var head = request.IndexOf("\n\n", StringComparison.Ordinal);
        var lines = request[..head].Split('\n');
        var old = long.Parse(lines[0]["old ".Length..], CultureInfo.InvariantCulture);
        byte[][] proof = [.. lines[1..].Select(Convert.FromBase64String)];
        var note = request[(head + 2)..];
        var end = note.IndexOf("\n\n", StringComparison.Ordinal) + 1;
        var text = note[..end];
        var (origin, size, root) = text.Split('\n') is [var o, var s, var r, ""] ? (o, long.Parse(s, CultureInfo.InvariantCulture), Convert.FromBase64String(r)) : throw new FormatException(text);

        if (!Logs.TryGetValue(origin, out var key)) return (404, "", "text/plain");
        if (!note[(end + 1)..].Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(line => Signed(text, line, key))) return (403, "", "text/plain");
        if (old > size || proof.Length > 63) return (400, "", "text/plain");
        var latest = Cosigned.GetValueOrDefault(origin, (0, SHA256.HashData([])));
        if (old != latest.Item1 || old == size && !root.AsSpan().SequenceEqual(latest.Item2))
            return (409, latest.Item1.ToString(CultureInfo.InvariantCulture) + "\n", "text/x.tlog.size");
        if (old == 0 || old == size ? proof.Length > 0 : !Consistent((int)old, (int)size, proof, latest.Item2, root)) return (422, "", "text/plain");
        Cosigned[origin] = (size, root);
        return (200, Cosign(text, origin, size, root), "text/plain");
    }

    private static bool Signed(string text, string line, byte[] spki)
    {
        var signature = Convert.FromBase64String(line.Split(' ')[2]);
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(spki, out _);
        return signature.AsSpan(0, 4).SequenceEqual(SHA256.HashData(spki).AsSpan(0, 4))
            && key.VerifyData(Encoding.UTF8.GetBytes(text), signature.AsSpan(4), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>RFC 6962 §2.1.2 read backwards: what both roots are by the proof's hashes, which are taken from its end.</summary>
    private static bool Consistent(int m, int n, byte[][] proof, byte[] oldRoot, byte[] newRoot)
    {
        var left = new Queue<byte[]>(proof);
        var (was, isNow) = Roots(m, n, known: true);
        return left.Count == 0 && was.AsSpan().SequenceEqual(oldRoot) && isNow.AsSpan().SequenceEqual(newRoot);

        (byte[] Was, byte[] IsNow) Roots(int first, int size, bool known)
        {
            if (first == size)
            {
                var hash = known ? oldRoot : Next();
                return (hash, hash);
            }

            var k = 1;
            while (k * 2 < size) k *= 2;
            if (first <= k)
            {
                var (was, now) = Roots(first, k, known);
                return (was, Node(now, Next()));
            }
            else
            {
                var (was, now) = Roots(first - k, size - k, known: false);
                var full = Next();
                return (Node(full, was), Node(full, now));
            }
        }

        byte[] Next() => left.Count > 0 ? left.Dequeue() : [];
        static byte[] Node(byte[] l, byte[] r) => SHA256.HashData([0x01, .. l, .. r]);
    }

    private string Cosign(string text, string origin, long size, byte[] root)
    {
        var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var stamp = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(stamp, at);
        var sizes = new byte[16];
        BinaryPrimitives.WriteInt64BigEndian(sizes.AsSpan(8), size);
        byte[] message = _postQuantum
            ? [.. Encoding.ASCII.GetBytes("subtree/v1\n"), 0, (byte)Name.Length, .. Encoding.ASCII.GetBytes(Name), .. stamp, (byte)origin.Length, .. Encoding.ASCII.GetBytes(origin), .. sizes, .. root]
            : Encoding.UTF8.GetBytes($"cosignature/v1\ntime {at.ToString(CultureInfo.InvariantCulture)}\n{text}");
        ISigner signer = _postQuantum ? new MLDsaSigner(MLDsaParameters.ml_dsa_44, deterministic: false) : new Ed25519Signer();
        signer.Init(forSigning: true, _key.Private);
        signer.BlockUpdate(message, 0, message.Length);
        return $"— other.example/key {Convert.ToBase64String(new byte[80])}\n— {Name} {Convert.ToBase64String([.. KeyId, .. stamp, .. signer.GenerateSignature()])}\n";
    }
}
