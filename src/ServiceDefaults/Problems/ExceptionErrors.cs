using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Orleans.Storage;
using Polly;

namespace ComplianceGrid.ServiceDefaults.Problems;

/// <summary>Which <see cref="GridError"/> an exception is, and what may be said of it. Order matters: the first that fits.</summary>
internal static partial class ExceptionErrors
{
    public static (GridError Error, string Detail) Of(Exception exception) => exception switch
    {
        GridException refusal => (refusal.Error, refusal.Message),
        BadHttpRequestException bad => OfBadRequest(bad),
        JsonException json => (GridError.Malformed, JsonDetail(json)),
        // Found when a parsed document's string is read: the parser does not look into strings.
        InvalidOperationException { InnerException: DecoderFallbackException } => (GridError.Malformed, "The JSON holds bytes that are not UTF-8."),
        PostgresException { SqlState: [.. "22", _, _, _] } => (GridError.Invalid, "A value is outside what can be stored."),
        PostgresException postgres when IsPassing(postgres.SqlState) => Away,
        PostgresException => Fault,
        NpgsqlException => Away,
        TimeoutException or OperationCanceledException => Away,
        ExecutionRejectedException => Away,
        HttpRequestException => Away,
        SiloUnavailableException or GatewayTooBusyException or OrleansMessageRejectionException or InconsistentStateException => Away,
        AggregateException { InnerExceptions: [var only] } => Of(only),
        { InnerException: NpgsqlException cause } => Of(cause), // as EF Core wraps what may pass
        _ => Fault,
    };

    private static readonly (GridError, string) Away = (GridError.Unavailable, "A part of the service does not answer. Try again.");
    private static readonly (GridError, string) Fault = (GridError.Fault, "The request could not be served. The request id finds the cause.");

    private static (GridError, string) OfBadRequest(BadHttpRequestException bad) => bad.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => (GridError.TooLarge, "The body is larger than this endpoint takes."),
        StatusCodes.Status415UnsupportedMediaType => (GridError.UnsupportedMediaType, "This endpoint does not take this content type."),
        StatusCodes.Status408RequestTimeout => (GridError.TooSlow, "The body did not arrive in time. Send it faster, or in smaller requests."),
        _ when bad.InnerException is JsonException json => (GridError.Malformed, JsonDetail(json)),
        _ => (GridError.Malformed, "The request is not well formed."),
    };

    // The path is made of the caller's own property names, of which the place in a list alone is told; the reader's message can quote
    // values, so it stays inside.
    private static string JsonDetail(JsonException json)
    {
        var element = ListIndex().Match(json.Path ?? "") is { Success: true } place ? $" (in the list's element {place.Groups[1].ValueSpan})" : "";
        return json is { LineNumber: { } line, BytePositionInLine: { } column }
            ? string.Create(null, $"The JSON is not acceptable at line {line + 1}, byte {column + 1}{element}.")
            : "The JSON is not acceptable.";
    }

    [GeneratedRegex(@"^\$\.\w+\[(\d+)\]")]
    private static partial Regex ListIndex();

    // 08 connection, 40 rollback (serialization, deadlock), 53 resources, 57 operator intervention, 55P03 lock not available,
    // 25006 read-only while failing over.
    private static bool IsPassing(string state) => state is [.. "08", _, _, _] or [.. "40", _, _, _] or [.. "53", _, _, _] or [.. "57", _, _, _] or "55P03" or "25006";
}
