using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Security;

namespace ComplianceGrid.Api.Employees;

/// <summary>May they drive, work, enter? One person, or up to 1,000 at once.</summary>
internal static class ClearanceEndpoints
{
    private const int MostQuestions = 1_000;
    private const int AtOnce = 64;
    private const int LongestBody = 256 << 10;

    public static void MapClearances(this IEndpointRouteBuilder app)
    {
        app.MapGet("/api/employees/{id:guid}/clearance", GetAsync).WithTags("Clearance").WithName("getClearance").ShowsPhi().Answers(GridError.Invalid)
            .RequirePermission(Permission.ClearancesRead);
        app.MapPost("/api/clearances", AskAllAsync).WithTags("Clearance").WithName("askClearances").ShowsPhi().Takes(LongestBody)
            .RequirePermission(Permission.ClearancesRead);
    }

    private static async Task<Representation<ClearanceAnswer>> GetAsync(
        Guid id, string? function, string? at, HttpContext context, Clearances clearances, TimeProvider clock)
    {
        Clearances.CheckFunction("function", function);
        var instant = Fields.Instant("at", at) ?? clock.GetUtcNow();
        return Representation.Of(await clearances.AskAsync(context.Caller(), context.Audit(), id, function!, instant));
    }

    private static async Task<Representation<ClearanceBatchAnswer>> AskAllAsync(
        ClearanceBatchBody body, HttpContext context, Clearances clearances, TimeProvider clock)
    {
        if (body.Questions.Length is 0 or > MostQuestions) throw Fields.Refuse("questions", $"hold 1 to {MostQuestions}");
        foreach (var question in body.Questions)
        {
            if (question is null) throw Fields.Refuse("questions", "hold no null");
            Clearances.CheckFunction("questions.function", question.Function);
            Fields.Day("questions.at", question.At is { } at ? DateOnly.FromDateTime(at.UtcDateTime) : null);
        }

        var (caller, audit, now) = (context.Caller(), context.Audit(), clock.GetUtcNow());
        var answers = new ClearanceAnswer[body.Questions.Length];
        await Parallel.ForAsync(0, answers.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = context.RequestAborted },
            async (index, _) =>
            {
                var question = body.Questions[index];
                answers[index] = await clearances.AskAsync(caller, audit, question.EmployeeId, question.Function, question.At ?? now);
            });
        return Representation.Of(new ClearanceBatchAnswer([.. answers]));
    }
}
