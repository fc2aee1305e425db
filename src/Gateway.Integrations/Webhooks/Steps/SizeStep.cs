using System.Buffers;
using Microsoft.Extensions.Options;

namespace ComplianceGrid.Gateway.Webhooks.Steps;

/// <summary>Reads the body, whether or not its length is announced, and never more of it than is taken.</summary>
internal sealed class SizeStep(IOptions<IntakeOptions> options) : IWebhookStep
{
    public async ValueTask<Refusal?> RunAsync(WebhookContext context, CancellationToken ct)
    {
        var limit = options.Value.MaxBodyBytes;
        if (context.Http.Request.ContentLength > limit) return TooLarge(limit);

        var reader = context.Http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(ct);
            if (read.Buffer.Length > limit)
            {
                reader.AdvanceTo(read.Buffer.End);
                return TooLarge(limit);
            }

            if (read.IsCompleted)
            {
                context.Body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return null;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Refusal TooLarge(int limit) => new(GridError.TooLarge, string.Create(null, $"A webhook may have {limit} bytes."));
}
