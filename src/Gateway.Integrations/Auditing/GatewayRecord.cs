using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json.Nodes;
using ComplianceGrid.Audit;
using ComplianceGrid.Integrations;
using ComplianceGrid.ServiceDefaults.Auditing.Requests;
using ComplianceGrid.ServiceDefaults.Auditing.Trail;
using ComplianceGrid.ServiceDefaults.Http;
using ComplianceGrid.ServiceDefaults.Problems;
using ComplianceGrid.Tenancy;

namespace ComplianceGrid.Gateway.Auditing;

/// <summary>What one request to the gateway leaves in the log.</summary>
internal sealed class GatewayRecord(AuditRoom room) : IRequestRecord
{
    private string? _tenant;
    private string? _vendor;
    private string? _resourceId;
    private bool _inTransaction;

    public bool IsProtected => true;

    /// <summary>Whose connection the webhook came by. Its sender is known only when its signature fits.</summary>
    public void Connection(string? tenant, string vendor) => (_tenant, _vendor) = (tenant, vendor);

    /// <summary>The record that the request is about.</summary>
    public void About(string resourceId, string vendor) => (_resourceId, _vendor) = (resourceId, vendor);

    /// <summary>The entry is in the transaction of what it tells of.</summary>
    public void RidesInTransaction() => _inTransaction = true;

    public ImmutableArray<AuditEntry> Entries(HttpContext context, DateTimeOffset started, int durationMs)
    {
        var status = context.Response.StatusCode;
        if (_inTransaction && status < 400) return [];
        var (endpoint, caller) = (context.Features.Get<GatewayEndpoint>(), TenantOf(context.User));
        return [new()
        {
            Id = Guid.CreateVersion7(started),
            Timestamp = started,
            TenantId = caller ?? _tenant ?? TenantId.System.Value,
            UserId = caller is null ? AuditEntry.Anonymous : "system:silo",
            UserRole = caller is null ? "none" : "service",
            Action = status is 401 or 403 && endpoint?.Line?.Resource != "webhooks" ? AuditAction.AccessDenied : endpoint?.Line?.Action ?? AuditAction.Read,
            Resource = endpoint?.Line?.Resource ?? "integrations",
            ResourceId = _resourceId,
            IpAddress = context.Connection.RemoteIpAddress?.Text(),
            UserAgent = AgentText.Of(context.Request.Headers.UserAgent),
            RequestId = GridProblems.RequestIdOf(context),
            Details = new JsonObject { ["method"] = context.Request.Method, ["route"] = endpoint?.Route, ["status"] = status, ["vendor"] = _vendor }.ToJsonString(),
            Success = status < 400,
            ErrorCode = GridProblems.ErrorOf(context) is { } error ? GridProblems.CodeOf(error) : null,
            DurationMs = durationMs,
        }];
    }

    public void Dispose() => room.Dispose();

    private static string? TenantOf(ClaimsPrincipal caller) =>
        caller.Identity?.IsAuthenticated == true && caller.FindFirstValue(ServiceTokens.TenantClaim) is { } tenant && TenantId.IsValid(tenant) ? tenant : null;
}

/// <summary>The endpoint that was met; kept because an error handler clears it.</summary>
internal sealed record GatewayEndpoint(string? Route, AuditLine? Line);
