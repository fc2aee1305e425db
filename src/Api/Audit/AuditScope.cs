using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.ServiceDefaults.Problems;

namespace ComplianceGrid.Api.Audit;

/// <summary>What an endpoint is about, for its audit entries.</summary>
internal sealed record AuditedAs(string Resource, AuditAction Action);

/// <summary>What one request leaves in the log.</summary>
internal sealed class AuditScope
{
    private readonly List<(Guid Resource, JsonObject Details)> _answers = [];
    private AuditedAs? _endpoint;
    private Caller? _caller;
    private string? _route;
    private string? _resourceId;
    private bool _ridesInGrain;

    /// <summary>The grain wrote the entry in the transaction of the change; it is not doubled here.</summary>
    public void RidesInGrain() => _ridesInGrain = true;

    /// <summary>An answer about one record with an entry of its own.</summary>
    public void Answer(Guid resource, JsonObject details) => _answers.Add((resource, details));

    /// <summary>The record that the request made or meant, where the route does not name it.</summary>
    public void About(Guid resource) => _resourceId = resource.ToString("D");

    /// <summary>Kept here because an error handler clears the endpoint.</summary>
    public void Endpoint(HttpContext context, Endpoint? endpoint)
    {
        _caller = context.FindCaller();
        _endpoint = endpoint?.Metadata.GetMetadata<AuditedAs>();
        _route = (endpoint as RouteEndpoint)?.RoutePattern.RawText;
        // Only what is an id: a free text in the path could be anything.
        if (Guid.TryParseExact(context.GetRouteValue("id") as string, "D", out var id)) About(id);
    }

    public ImmutableArray<AuditEntry> Entries(HttpContext context, DateTimeOffset started, int durationMs)
    {
        var status = context.Response.StatusCode;
        var success = status < 400;
        if (success && _ridesInGrain) return [];

        var error = GridProblems.ErrorOf(context);
        var entry = new AuditEntry
        {
            Id = Guid.CreateVersion7(started),
            Timestamp = started,
            TenantId = _caller?.Tenant.Value ?? AuditEntry.SystemTenant,
            UserId = _caller?.User ?? "anonymous",
            UserRole = _caller?.Role ?? "none",
            Action = ActionOf(context.Request.Method, status),
            Resource = _endpoint?.Resource ?? "api",
            ResourceId = _resourceId,
            IpAddress = context.ClientAddress(),
            UserAgent = context.UserAgent(),
            RequestId = GridProblems.RequestIdOf(context),
            Details = new JsonObject { ["method"] = context.Request.Method, ["route"] = _route, ["status"] = status }.ToJsonString(),
            Success = success,
            ErrorCode = error is { } code ? GridProblems.CodeOf(code) : null,
            DurationMs = durationMs,
        };
        if (!success || _answers.Count == 0) return [entry];
        return [.. _answers.Select(answer => entry with
        {
            Id = Guid.CreateVersion7(started),
            ResourceId = answer.Resource.ToString("D"),
            Details = answer.Details.ToJsonString(),
        })];
    }

    private AuditAction ActionOf(string method, int status) => status switch
    {
        StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden => AuditAction.AccessDenied,
        _ => _endpoint?.Action ?? method switch
        {
            "POST" => AuditAction.Create,
            "PUT" or "PATCH" => AuditAction.Update,
            "DELETE" => AuditAction.Delete,
            _ => AuditAction.Read,
        },
    };
}
