using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;

namespace ComplianceGrid.Api.Identity.Passkeys;

/// <summary><c>/api/auth/passkeys</c>: one's own. The first one is enrolled in a sign-in, at the same address.</summary>
internal static class OwnPasskeyEndpoints
{
    private const int LongestBody = 4 << 10, LongestCredential = 64 << 10;

    public static void MapOwnPasskeys(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/api/auth/passkeys").WithTags("Passkeys").RequirePermission(Permission.Self);
        own.MapGet("", ListAsync).WithName("listPasskeys").Answers(GridError.NotFound);
        own.MapPost("/own/options", OptionsAsync).WithName("ownPasskeyOptions").Answers(GridError.NotFound);
        own.MapPost("/own", AddAsync).WithName("addOwnPasskey").Takes(LongestCredential).Answers(GridError.NotFound, GridError.TooManyFacts);
        own.MapPut("/{id:guid}", NameAsync).WithName("namePasskey").Takes(LongestBody).Answers(GridError.NotFound);
        own.MapDelete("/{id:guid}", RemoveAsync).WithName("removePasskey").Produces(StatusCodes.Status204NoContent).Answers(GridError.NotFound);
    }

    private static Task<OwnPasskeysAnswer> ListAsync(HttpContext context, OwnPasskeys passkeys, CancellationToken ct) => passkeys.ListAsync(context, ct);

    private static Task<AddOptionsAnswer> OptionsAsync(HttpContext context, OwnPasskeys passkeys, CancellationToken ct) => passkeys.OptionsAsync(context, ct);

    private static Task<OwnPasskeyAnswer> AddAsync(AddPasskeyBody body, HttpContext context, OwnPasskeys passkeys, CancellationToken ct) => passkeys.AddAsync(context, body, ct);

    private static Task<OwnPasskeyAnswer> NameAsync(Guid id, PasskeyNameBody body, HttpContext context, OwnPasskeys passkeys, CancellationToken ct) =>
        passkeys.NameAsync(context, id, body.Name, ct);

    private static async Task<IResult> RemoveAsync(Guid id, HttpContext context, OwnPasskeys passkeys, CancellationToken ct)
    {
        await passkeys.RemoveAsync(context, id, ct);
        return Results.NoContent();
    }
}
