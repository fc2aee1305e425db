using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Api.AuditLog.Search;

/// <summary>The search's query string. Bound as text, so that a refusal can say what would be accepted.</summary>
internal sealed record SearchParameters
{
    [FromQuery(Name = "query")] public string? Query { get; init; }
    [FromQuery(Name = "from")] public string? From { get; init; }
    [FromQuery(Name = "to")] public string? To { get; init; }
    [FromQuery(Name = "user")] public string? User { get; init; }
    [FromQuery(Name = "action")] public string? Action { get; init; }
    [FromQuery(Name = "resource")] public string? Resource { get; init; }
    [FromQuery(Name = "resourceId")] public string? ResourceId { get; init; }
    [FromQuery(Name = "id")] public string? Id { get; init; }
    [FromQuery(Name = "result")] public string? Result { get; init; }
    [FromQuery(Name = "requestId")] public string? RequestId { get; init; }
    [FromQuery(Name = "address")] public string? Address { get; init; }
    [FromQuery(Name = "cursor")] public string? Cursor { get; init; }
    [FromQuery(Name = "limit")] public string? Limit { get; init; }

    public SearchTerms Terms() => new SearchTerms().Add("since", From).Add("until", To).Add("user", User).Add("action", Action)
        .Add("resource", Resource).Add("resourceId", ResourceId).Add("id", Id).Add("result", Result).Add("request", RequestId)
        .Add("address", Address).AddBox(Query);
}

/// <summary>Of a user's activity.</summary>
internal sealed record ActivityParameters
{
    [FromQuery(Name = "from")] public string? From { get; init; }
    [FromQuery(Name = "to")] public string? To { get; init; }
    [FromQuery(Name = "action")] public string? Action { get; init; }
    [FromQuery(Name = "cursor")] public string? Cursor { get; init; }
    [FromQuery(Name = "limit")] public string? Limit { get; init; }

    public SearchTerms Terms(string user) => new SearchTerms().Add("user", user).Add("since", From).Add("until", To).Add("action", Action);
}

/// <summary>Of a resource's access history.</summary>
internal sealed record HistoryParameters
{
    [FromQuery(Name = "resourceId")] public string? ResourceId { get; init; }
    [FromQuery(Name = "from")] public string? From { get; init; }
    [FromQuery(Name = "to")] public string? To { get; init; }
    [FromQuery(Name = "user")] public string? User { get; init; }
    [FromQuery(Name = "action")] public string? Action { get; init; }
    [FromQuery(Name = "cursor")] public string? Cursor { get; init; }
    [FromQuery(Name = "limit")] public string? Limit { get; init; }

    public SearchTerms Terms(string resource) => new SearchTerms().Add("resource", resource).Add("resourceId", ResourceId).Add("since", From)
        .Add("until", To).Add("user", User).Add("action", Action);
}
