using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using ComplianceGrid.Api.Http;
using ComplianceGrid.ServiceDefaults.Http;
using ComplianceGrid.Storage.Audit.Search;

namespace ComplianceGrid.Api.AuditLog.Search;

/// <summary>What a search asks for, from its parameters, its path and its query box alike; each key once.</summary>
internal sealed class SearchTerms
{
    /// <summary>Days before its end that a search goes back when it names no beginning.</summary>
    public const int DefaultDays = 31;

    private const int LongestValue = 256;

    public static readonly ImmutableArray<string> Keys = ["user", "action", "resource", "resourceId", "id", "result", "request", "address", "since", "until"];

    private readonly SortedDictionary<string, string> _terms = new(StringComparer.Ordinal);

    /// <summary>The same for equal searches: what a cursor belongs to.</summary>
    public string Text => JsonSerializer.Serialize(_terms);

    /// <param name="value">Null: nothing is asked of it.</param>
    /// <exception cref="GridException"><see cref="GridError.Invalid"/>.</exception>
    public SearchTerms Add(string key, string? value)
    {
        if (value is null) return this;
        Fields.Text(key, value, LongestValue);
        return _terms.TryAdd(key, value) ? this : throw Fields.Refuse(key, "be asked for once");
    }

    /// <param name="box">The query box.</param>
    /// <exception cref="GridException"><see cref="GridError.Malformed"/>: it names the character, and the keys that there are.</exception>
    public SearchTerms AddBox(string? box)
    {
        if (box is null) return this;
        foreach (var term in QueryBox.Parse(box))
        {
            if (!Keys.Contains(term.Key)) throw QueryBox.Refuse(term.Position, "there is no such key");
            Add(term.Key, term.Value);
        }

        return this;
    }

    /// <exception cref="GridException"><see cref="GridError.Invalid"/>.</exception>
    public AuditQuery Read(DateTimeOffset now, int limit)
    {
        var until = Find("until") is { } end ? SearchTime.Until("until (or to)", end, now) : default(DateTimeOffset?);
        var since = Find("since") is { } begin ? SearchTime.Since("since (or from)", begin, now) : (until ?? now).AddDays(-DefaultDays);
        if (until <= since) throw Fields.Refuse("until (or to)", "be after since (or from)");
        return new()
        {
            From = since,
            To = until,
            User = Find("user"),
            Action = Find("action") is { } action ? ActionNames.Searched("action", action) : null,
            Resource = Find("resource"),
            ResourceId = Find("resourceId"),
            Id = Find("id"),
            Result = Find("result")?.ToUpperInvariant() is not { } result ? null
                : result is "SUCCESS" or "FAILURE" ? result : throw Fields.Refuse("result", "be SUCCESS or FAILURE"),
            RequestId = Find("request"),
            Address = Find("address") is not { } address ? null
                : IPAddress.TryParse(address, out var ip) ? ip.Text() : throw Fields.Refuse("address", "be an IPv4 or IPv6 address"),
            Limit = limit,
        };
    }

    private string? Find(string key) => _terms.GetValueOrDefault(key);
}
