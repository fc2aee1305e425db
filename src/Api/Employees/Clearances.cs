using System.Text.Json.Nodes;
using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Status;

namespace ComplianceGrid.Api.Employees;

/// <summary>Asks one employee's grain; no answer in time is <i>prohibited</i>. Every answer has its audit entry.</summary>
internal sealed partial class Clearances(TenantGrains grains, TimeProvider clock, ILogger<Clearances> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<ClearanceAnswer> AskAsync(Caller caller, AuditScope audit, Guid employee, string function, DateTimeOffset at)
    {
        Clearance? clearance = null;
        try
        {
            clearance = await GetAsync(caller, employee, function, at).WaitAsync(Patience, clock);
        }
        catch (Exception error) when (error is TimeoutException or GridException { Error: GridError.Unavailable })
        {
            LogNoAnswer(error);
        }

        var answer = new ClearanceAnswer
        {
            EmployeeId = employee,
            Function = function,
            At = at,
            Allowed = clearance?.Allowed ?? false,
            Answered = clearance is not null,
            Reasons = clearance is null ? [] : ReasonAnswer.Of(clearance.Reasons, caller, employee),
            PolicyVersion = clearance?.PolicyVersion ?? 0,
        };
        lock (audit)
            audit.Answer(employee, new JsonObject
            {
                ["function"] = function,
                ["at"] = at.UtcDateTime.ToString("O"),
                ["allowed"] = answer.Allowed,
                ["answered"] = answer.Answered,
                ["policyVersion"] = answer.PolicyVersion,
            });
        return answer;
    }

    private async Task<Clearance> GetAsync(Caller caller, Guid employee, string function, DateTimeOffset at) =>
        await (await grains.EmployeeSeenAsync(caller, employee)).GetClearance(function, at);

    public static void CheckFunction(string field, string? function)
    {
        var zone = function?.StartsWith(WorkFunctions.ZonePrefix, StringComparison.Ordinal) == true ? function[WorkFunctions.ZonePrefix.Length..] : null;
        if (zone is not null) Fields.Code($"{field}: the zone's id", zone);
        else if (function is not (WorkFunctions.Drive or WorkFunctions.SafetySensitive or WorkFunctions.Work))
            throw Fields.Refuse(field, "be drive, safety-sensitive, work, or zone:{id}");
    }

    [LoggerMessage(1, LogLevel.Warning, "A clearance was answered with prohibited: the grid gave no answer in time.")]
    private partial void LogNoAnswer(Exception error);
}
