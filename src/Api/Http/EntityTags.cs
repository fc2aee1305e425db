using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace ComplianceGrid.Api.Http;

/// <summary>
/// Entity tags read <c>"{revision}-{digest of what was shown}"</c>: the revision is what a change is conditional on; the digest
/// makes the tag of what was shown (it depends on the instant and on the reader) exact for 304. A list has no revision: <c>"-{digest}"</c>.
/// </summary>
internal static class EntityTags
{
    public static string Format(long? revision, ReadOnlySpan<char> digest) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}-{digest}\"");

    /// <summary>The revision that the caller has seen.</summary>
    /// <param name="current">Asked only for <c>If-Match: *</c>, which stands for whatever is there.</param>
    /// <exception cref="GridException"><see cref="GridError.PreconditionRequired"/> without the header;
    /// <see cref="GridError.PreconditionFailed"/> when it is no tag of ours.</exception>
    public static async Task<long> ExpectedRevisionAsync(this HttpRequest request, Func<Task<long>> current)
    {
        if (request.Headers.IfMatch.Count == 0)
            throw new GridException(GridError.PreconditionRequired,
                "Read the record first and send its ETag as If-Match, so that nobody's change is lost.");
        if (!EntityTagHeaderValue.TryParseStrictList(request.Headers.IfMatch, out var tags))
            throw new GridException(GridError.Malformed, "If-Match must hold an entity tag in quotes, as the ETag header had it.");
        if (tags is [{ IsWeak: false } only]) return only.Tag == "*" ? await current() : Revision(only) ?? throw Stale();

        // RFC 9110 §13.1.1: any of several. Weak tags never match here.
        var now = await current();
        return tags.Any(tag => !tag.IsWeak && Revision(tag) == now) ? now : throw Stale();
    }

    /// <summary>RFC 9110 §13.1.2: weak comparison.</summary>
    public static bool IsNotModified(this HttpRequest request, string etag) =>
        request.Headers.IfNoneMatch.Count > 0
        && EntityTagHeaderValue.TryParseList(request.Headers.IfNoneMatch, out var tags)
        && tags.Any(tag => tag.Tag == "*" || tag.Tag == etag);

    /// <summary><c>If-None-Match: *</c>: only when there is nothing yet.</summary>
    public static bool IsFirst(this HttpRequest request) => request.Headers.IfNoneMatch is ["*"];

    private static long? Revision(EntityTagHeaderValue tag)
    {
        var text = tag.Tag.AsSpan().Trim('"');
        var dash = text.IndexOf('-');
        return dash > 0 && long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var revision) ? revision : null;
    }

    private static GridException Stale() => new(GridError.PreconditionFailed,
        "The record is not what If-Match names. Read it again, apply your change to what you find, and send the new ETag.");
}
