using System.Collections.Immutable;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Audit;
using ComplianceGrid.Storage.Identity;

namespace ComplianceGrid.Api.Identity.ApiKeys;

/// <summary><c>/api/auth/api-keys</c>: keys of integrations, made, rotated and revoked by people.</summary>
internal static class ApiKeyEndpoints
{
    private const int LongestBody = 8 << 10;

    public static void MapApiKeys(this IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api/auth/api-keys").WithTags("API keys");
        keys.MapGet("/", ListAsync).WithName("listApiKeys").RequirePermission(Permission.ApiKeysRead);
        keys.MapPost("/", MakeAsync).WithName("makeApiKey").Takes(LongestBody).Creates().Answers(GridError.TooManyFacts).RequirePermission(Permission.ApiKeysWrite);
        keys.MapGet("/{id:guid}", GetAsync).WithName("getApiKey").Answers(GridError.NotFound).RequirePermission(Permission.ApiKeysRead);
        keys.MapPost("/{id:guid}/rotate", RotateAsync).WithName("rotateApiKey").Takes(LongestBody).IsConditional()
            .Answers(GridError.NotFound, GridError.TooManyFacts).RequirePermission(Permission.ApiKeysWrite);
        keys.MapDelete("/{id:guid}", RevokeAsync).WithName("revokeApiKey").Produces(StatusCodes.Status204NoContent).Answers(GridError.NotFound).RequirePermission(Permission.ApiKeysRevoke);
    }

    private static async Task<Representation<ApiKeysAnswer>> ListAsync(HttpContext context, ApiKeyStore keys, TimeProvider clock, CancellationToken ct)
    {
        var rows = await keys.OfTenantAsync(context.Caller().Tenant, ct);
        context.Audit().Count(rows.Count);
        return Representation.Of(new ApiKeysAnswer([.. rows.Select(row => ApiKeyAnswer.Of(row, clock.GetUtcNow()))]));
    }

    private static async Task<Representation<ApiKeyAnswer>> GetAsync(Guid id, HttpContext context, ApiKeyStore keys, TimeProvider clock, CancellationToken ct)
    {
        var key = await LivingAsync(keys, context.Caller(), id, ct);
        return Representation.Of(ApiKeyAnswer.Of(key, clock.GetUtcNow()), key.Revision);
    }

    private static async Task<Representation<ApiKeyAnswer>> MakeAsync(ApiKeyBody body, HttpContext context, ApiKeyStore keys, ApiKeyHash hash, TimeProvider clock, CancellationToken ct)
    {
        var (caller, now, text) = (context.Caller(), clock.GetUtcNow(), ApiKeyText.New());
        Fields.Text("name", body.Name, 100);
        var permissions = Scope(context, body.Permissions);
        var secret = new ApiKeySecret(await hash.OfAsync(text, ct), End(now, body.ExpiresInDays));
        var key = new ApiKeyRow(Guid.CreateVersion7(now), caller.Tenant, text.Prefix, body.Name, permissions, OwnerOf(caller), now, [secret], null, null, 1);
        context.Audit().About(key.Id);
        if (!await keys.AddAsync(key, ct)) throw new GridException(GridError.TooManyFacts, $"The tenant has {ApiKeyStore.Most} API keys. Revoke one that is not needed any more.");
        return Representation.Created(Shown(context, key, text, now), key.Revision, $"/api/auth/api-keys/{key.Id:D}");
    }

    /// <summary>Whoever rotates a key holds its secret, so that from then on it may not do more than they.</summary>
    private static async Task<Representation<ApiKeyAnswer>> RotateAsync(
        Guid id, RotateBody body, HttpContext context, ApiKeyStore keys, ApiKeyHash hash, TimeProvider clock, CancellationToken ct)
    {
        var (caller, now) = (context.Caller(), clock.GetUtcNow());
        var key = await LivingAsync(keys, caller, id, ct);
        if (await context.Request.ExpectedRevisionAsync(() => Task.FromResult(key.Revision)) != key.Revision) throw Changed();
        Scope(context, [.. key.Permissions]);
        Fields.Within("overlapHours", body.OverlapHours ?? ApiKeyRules.DefaultOverlapHours, 0, ApiKeyRules.MostOverlapHours);
        var text = new ApiKeyText(key.Prefix, "").WithNewSecret();
        var added = new ApiKeySecret(await hash.OfAsync(text, ct), End(now, body.ExpiresInDays));
        var secrets = ApiKeyRules.Rotate(key.Secrets, added, now, TimeSpan.FromHours(body.OverlapHours ?? ApiKeyRules.DefaultOverlapHours))
            ?? throw new GridException(GridError.TooManyFacts, $"{ApiKeyRules.MostSecrets} secrets of this key are still good. Wait until one has ended, rotate with overlapHours 0, or make another key.");
        if (!await keys.ReplaceSecretsAsync(key, OwnerOf(caller), secrets, ct)) throw Changed();
        var rotated = key with { Owner = OwnerOf(caller), Secrets = secrets, Revision = key.Revision + 1 };
        return Representation.Of(Shown(context, rotated, text, now), rotated.Revision);
    }

    private static async Task<IResult> RevokeAsync(Guid id, HttpContext context, ApiKeyStore keys, TimeProvider clock, CancellationToken ct) =>
        await keys.RevokeAsync(context.Caller().Tenant, id, clock.GetUtcNow(), ct) ? Results.NoContent() : throw None();

    private static ApiKeyAnswer Shown(HttpContext context, ApiKeyRow key, ApiKeyText text, DateTimeOffset now)
    {
        context.Response.Headers.CacheControl = "no-store";
        return ApiKeyAnswer.Of(key, now) with { Key = text.ToString() };
    }

    private static async Task<ApiKeyRow> LivingAsync(ApiKeyStore keys, Caller caller, Guid id, CancellationToken ct) =>
        await keys.FindAsync(caller.Tenant, id, ct) is { RevokedAt: null } key ? key : throw None();

    /// <summary>A subset of what the caller may.</summary>
    private static ImmutableArray<string> Scope(HttpContext context, string[] permissions)
    {
        var caller = context.Caller();
        if (permissions.Length is 0 or > 50 || !permissions.All(permission => permission is not null && ApiKeyRules.IsGrantable(permission)))
            throw Fields.Refuse("permissions", "hold 1 to 50 of those that an API key can have: see docs/permissions.md");
        if (permissions.FirstOrDefault(permission => !caller.May(permission)) is { } beyond)
        {
            context.Audit().Did(AuditAction.PrivilegeEscalation);
            throw new GridException(GridError.Forbidden, $"Your roles lack the permission {beyond}: an API key may not do more than whoever makes it.");
        }

        return [.. permissions.Distinct().Order(StringComparer.Ordinal)];
    }

    private static DateTimeOffset End(DateTimeOffset now, int? days)
    {
        Fields.Within("expiresInDays", days ?? ApiKeyRules.DefaultDays, 1, ApiKeyRules.MostDays);
        return now.AddDays(days ?? ApiKeyRules.DefaultDays);
    }

    private static Guid OwnerOf(Caller caller) => caller.Account
        ?? throw new GridException(GridError.Forbidden, "An API key belongs to a person: sign in with an account.");

    private static GridException None() => new(GridError.NotFound, "There is no such API key here that was not revoked.");

    private static GridException Changed() => new(GridError.PreconditionFailed, "The key was changed meanwhile. Read it again, and send the new ETag.");
}
