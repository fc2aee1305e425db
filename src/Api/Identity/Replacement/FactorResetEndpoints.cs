using System.Text.Json.Serialization;
using ComplianceGrid.Api.Identity.Mail;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Storage.Identity;
using Npgsql;

namespace ComplianceGrid.Api.Identity.Replacement;

/// <summary><c>/api/auth/users/{id}/factor-reset</c>: a lost second factor, replaced by two people.</summary>
internal static class FactorResetEndpoints
{
    public static void AddFactorResets(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(provider => new FactorResets(provider.GetRequiredKeyedService<NpgsqlDataSource>("Grid")));
        builder.Services.AddScoped<FactorReplacement>();
    }

    public static void MapFactorResets(this IEndpointRouteBuilder app)
    {
        var reset = app.MapGroup("/api/auth/users/{id:guid}/factor-reset").WithTags("Lost factors").RequirePermission(Permission.FactorsReset);
        reset.MapPost("", AskAsync).WithName("askFactorReset").Answers(GridError.NotFound, GridError.AlreadyExists);
        reset.MapGet("", FindAsync).WithName("getFactorReset").Answers(GridError.NotFound);
        reset.MapDelete("", WithdrawAsync).WithName("withdrawFactorReset").Answers(GridError.NotFound);
        reset.MapPost("/approval", ApproveAsync).WithName("approveFactorReset").Answers(GridError.NotFound, GridError.Busy);
    }

    private static async Task<FactorResetAnswer> AskAsync(Guid id, HttpContext context, FactorReplacement replacement, CancellationToken ct) =>
        FactorResetAnswer.Of(await replacement.AskAsync(context, id, ct));

    private static async Task<FactorResetAnswer> FindAsync(Guid id, HttpContext context, FactorReplacement replacement, CancellationToken ct) =>
        FactorResetAnswer.Of(await replacement.FindAsync(context.Caller(), id, ct));

    private static async Task<IResult> WithdrawAsync(Guid id, HttpContext context, FactorReplacement replacement, CancellationToken ct)
    {
        await replacement.WithdrawAsync(context.Caller(), id, ct);
        return Results.NoContent();
    }

    private static async Task<ApprovalAnswer> ApproveAsync(Guid id, HttpContext context, FactorReplacement replacement, CancellationToken ct) =>
        new(await replacement.ApproveAsync(context, id, ct), (int)OneTimeToken.ResetLife.TotalSeconds);
}

/// <param name="AskedBy">The account of who asked: another one has to approve.</param>
internal sealed record FactorResetAnswer(Guid AskedBy, DateTimeOffset AskedAt, DateTimeOffset ExpiresAt)
{
    public static FactorResetAnswer Of(FactorReset reset) => new(reset.AskedBy, reset.AskedAt, reset.ExpiresAt);
}

/// <param name="Secret">To be handed over in person: sets the password, once.</param>
/// <param name="ExpiresIn">Seconds.</param>
internal sealed record ApprovalAnswer(string Secret, [property: JsonPropertyName("expires_in")] int ExpiresIn);
