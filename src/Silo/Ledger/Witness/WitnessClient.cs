using System.Globalization;
using System.Text;
using ComplianceGrid.Storage.Audit.Ledger;
using ComplianceGrid.Storage.Audit.Notes;

namespace ComplianceGrid.Silo.Ledger.Witness;

/// <summary>The one call of a witness (C2SP tlog-witness).</summary>
/// <param name="http">Its base address is the submission prefix, with a slash at its end.</param>
internal sealed class WitnessClient(HttpClient http)
{
    /// <summary>Bytes of an answer; above what sixteen of the longest cosignatures take.</summary>
    public const int LongestAnswer = 64 * 1024;

    /// <param name="old">The size that the witness is thought to have cosigned last; 0: none.</param>
    /// <param name="proof">That the checkpoint's tree only appends to it.</param>
    /// <exception cref="HttpRequestException">It is away, or its answer is none that the protocol knows.</exception>
    public async Task<WitnessAnswer> AddCheckpointAsync(long old, IReadOnlyList<TreeHash> proof, SignedNote note, CancellationToken ct)
    {
        var body = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"old {old}\n"));
        foreach (var hash in proof) body.Append(hash).Append('\n');
        body.Append('\n').Append(note);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToString()));
        using var response = await http.PostAsync("add-checkpoint", content, ct);
        var answer = await response.Content.ReadAsStringAsync(ct);
        return (int)response.StatusCode switch
        {
            200 => new WitnessAnswer.Cosigned([.. Lines(answer).Select(line => NoteSignature.Parse(line))]),
            409 => new WitnessAnswer.HasAnotherSize(Size(answer)),
            400 or 403 or 404 or 422 => new WitnessAnswer.Refused((int)response.StatusCode),
            var status => throw new HttpRequestException($"The witness answered {status}.", null, response.StatusCode),
        };
    }

    private static string[] Lines(string answer) =>
        answer.EndsWith('\n') ? answer.Split('\n')[..^1] : throw new HttpRequestException("The witness' answer does not end in a newline.");

    private static long Size(string answer) =>
        long.TryParse(answer.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
            : throw new HttpRequestException("The witness did not say which size it has.");
}

internal abstract record WitnessAnswer
{
    public sealed record Cosigned(IReadOnlyList<NoteSignature> Signatures) : WitnessAnswer;

    /// <param name="Size">Of the latest checkpoint of this log that it cosigned; 0: none.</param>
    public sealed record HasAnotherSize(long Size) : WitnessAnswer;

    public sealed record Refused(int Status) : WitnessAnswer;
}
