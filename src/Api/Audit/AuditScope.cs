using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Auditing.Requests;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Api.Audit;

/// <summary>What one request leaves in the log.</summary>
internal sealed class AuditScope : IRequestRecord
{
    private const int LongestQuery = 2_000;
    private readonly List<(Guid Resource, JsonObject Details)> _answers = [];
    private ImmutableArray<AuditEntry> _given = [];
    private AuditLine? _line;
    private (string Tenant, string User, string Role)? _actor;
    private AuditAction? _did;
    private string? _route;
    private string? _resourceId;
    private long? _count;
    private string? _purpose;
    private bool _ridesInGrain;
    private AuditRoom _room;

    /// <summary>Whether the entries must be on record within a quarter of a second: by the catalogue, and every refusal.</summary>
    public bool IsProtected { get; private set; }

    /// <summary>The grain wrote the entry in the transaction of the change; it is not doubled here.</summary>
    public void RidesInGrain() => _ridesInGrain = true;

    /// <summary>An answer about one record with an entry of its own.</summary>
    public void Answer(Guid resource, JsonObject details) => _answers.Add((resource, details));

    /// <summary>The record that the request made or meant, where the route does not name it.</summary>
    public void About(Guid resource) => _resourceId = resource.ToString("D");

    /// <summary>What protected health information was read for; on record even where a grain has told of the change itself.</summary>
    public void Purpose(string code) => _purpose = code;

    /// <summary>How many records the answer holds, or the request brought.</summary>
    public void Count(long count) => _count = count;

    /// <summary>Entries that the request brought: durable with its own, or none of them.</summary>
    public void Bring(ImmutableArray<AuditEntry> entries) => _given = entries;

    /// <summary>Whom a log-on made known: in the request's entry, and in those of the grains that it calls from here on.</summary>
    public void Actor(string tenant, string user, string role)
    {
        _actor = (tenant, user, role);
        CallOrigin.Name(user, role);
    }

    /// <summary>What was done, where the endpoint's line alone cannot tell: a log-on that failed is none.</summary>
    public void Did(AuditAction action) => _did = action;

    /// <summary>What was done, and by whom.</summary>
    public void Did(AuditAction action, string tenant, string user, string role)
    {
        Did(action);
        Actor(tenant, user, role);
    }

    /// <summary>Kept here because an error handler clears the endpoint.</summary>
    public void Endpoint(HttpContext context, Endpoint? endpoint)
    {
        if (context.FindCaller() is { } caller) Actor(caller.Tenant.Value, caller.User, caller.Role);
        _line = AuditCatalogue.LineOf(endpoint);
        _route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        // Only what is an id: a free text in the path could be anything.
        if (Guid.TryParseExact(context.GetRouteValue("id") as string, "D", out var id)) About(id);
    }

    /// <summary>Before the act.</summary>
    /// <exception cref="GridException"><see cref="GridError.AuditNoRoom"/>.</exception>
    public void Admit(AuditTrail trail) => _room = trail.Admit(_actor?.Tenant ?? TenantId.System.Value, _line?.Room ?? AuditLine.UsualRoom);

    public void Dispose() => _room.Dispose();

    public ImmutableArray<AuditEntry> Entries(HttpContext context, DateTimeOffset started, int durationMs)
    {
        var status = context.Response.StatusCode;
        var success = status < 400;
        IsProtected = !success || _line?.IsProtected == true;
        if (success && _ridesInGrain && _purpose is null) return [];

        var entry = Entry(context, started, durationMs, status);
        if (!success) return [entry];
        if (_answers.Count == 0) return [.. _given, entry];
        return [.. _answers.Select(answer => entry with
        {
            Id = Guid.CreateVersion7(started),
            ResourceId = answer.Resource.ToString("D"),
            Details = Purposed(answer.Details).ToJsonString(),
        })];
    }

    private AuditEntry Entry(HttpContext context, DateTimeOffset started, int durationMs, int status)
    {
        var details = new JsonObject { ["method"] = context.Request.Method, ["route"] = _route, ["status"] = status };
        if (_count is { } count) details["count"] = count;
        Purposed(details);
        var personal = status < 400 ? Personal(context) : null; // what was not understood could be anything
        return new()
        {
            Id = Guid.CreateVersion7(started),
            Timestamp = started,
            TenantId = _actor?.Tenant ?? TenantId.System.Value,
            UserId = _actor?.User ?? AuditEntry.Anonymous,
            UserRole = _actor?.Role ?? "none",
            Action = ActionOf(context.Request.Method, status),
            Resource = _line?.Resource ?? "api",
            ResourceId = _resourceId,
            IpAddress = context.ClientAddress(),
            UserAgent = context.UserAgent(),
            RequestId = GridProblems.RequestIdOf(context),
            Details = details.ToJsonString(),
            Success = status < 400,
            ErrorCode = GridProblems.ErrorOf(context) is { } code ? GridProblems.CodeOf(code) : null,
            DurationMs = durationMs,
            PersonId = personal is null ? null : PersonOf(_actor?.User),
            Personal = personal,
        };
    }

    /// <summary>The person of entries' detail that is about the user themselves.</summary>
    public static string PersonOf(string? user) => $"user:{user ?? AuditEntry.Anonymous}";

    private JsonObject Purposed(JsonObject details)
    {
        if (_purpose is not null) details["purpose"] = _purpose;
        return details;
    }

    private string? Personal(HttpContext context)
    {
        if (_line?.Personal != PersonalDetail.Query) return null;
        var named = context.Request.RouteValues.Where(part => part.Key != "id").Select(part => $"{part.Key}={part.Value}");
        var asked = context.Request.Query.Where(parameter => parameter.Key != "cursor").SelectMany(parameter => parameter.Value.Select(value => $"{parameter.Key}={value}"));
        var query = string.Join('&', named.Concat(asked));
        return query.Length == 0 ? null : new JsonObject { ["query"] = query.Length <= LongestQuery ? query : query[..LongestQuery] }.ToJsonString();
    }

    // What a grain has told of was a change; what is told here is that its answer was read.
    private AuditAction ActionOf(string method, int status) => status < 400 && _ridesInGrain ? AuditAction.Read : _did ?? status switch
    {
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => AuditAction.AccessDenied,
        _ => _line?.Action ?? method switch
        {
            "POST" => AuditAction.Create,
            "PUT" or "PATCH" => AuditAction.Update,
            "DELETE" => AuditAction.Delete,
            _ => AuditAction.Read,
        },
    };
}
