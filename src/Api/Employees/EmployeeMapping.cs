using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Employees;
using ComplianceGrid.Storage.Projections.Reads;

namespace ComplianceGrid.Api.Employees;

/// <summary>Records as this caller may see them.</summary>
internal static class EmployeeMapping
{
    public static EmployeeAnswer For(this EmployeeRecord record, Caller caller)
    {
        var (id, profile, assessment) = (record.Key.Employee, record.Profile, record.Assessment);
        var personal = caller.May(Permission.EmployeesPersonal) || caller.EmployeeId == id;
        return new()
        {
            Id = id,
            EmployeeNumber = profile.EmployeeNumber,
            GivenName = profile.GivenName,
            FamilyName = profile.FamilyName,
            DateOfBirth = personal ? profile.DateOfBirth : null,
            Email = personal ? profile.Email : null,
            Phone = personal ? profile.Phone : null,
            Site = profile.Site,
            Roles = profile.Roles,
            DotModes = profile.DotModes,
            HiredOn = profile.HiredOn,
            HomeTerminalTimeZone = profile.HomeTerminalTimeZone,
            EmploymentEndedOn = profile.EmploymentEndedOn,
            Status = assessment.Status,
            Reasons = ReasonAnswer.Of(assessment.Reasons, caller, id),
            NextTransitionAt = assessment.NextTransitionAt,
            NextStatus = assessment.NextStatus,
            PolicyVersion = assessment.PolicyVersion,
            Waivers = [.. record.Waivers.Select(waiver => new WaiverAnswer(waiver.Requirement, waiver.RequestedBy, waiver.ApprovedBy, waiver.Until))],
            Revision = record.Revision,
        };
    }

    public static EmployeeItem For(this EmployeeListing row, Caller caller) => new()
    {
        Id = row.Id,
        EmployeeNumber = row.EmployeeNumber,
        GivenName = row.GivenName,
        FamilyName = row.FamilyName,
        Site = row.Site,
        Roles = row.Roles,
        HiredOn = row.HiredOn,
        EmploymentEndedOn = row.EmploymentEndedOn,
        Status = row.Status,
        Reasons = row.Reasons is { } reasons ? ReasonAnswer.Of(reasons, caller, row.Id) : null,
        NextTransitionAt = row.NextTransition?.At,
        NextStatus = row.NextTransition?.Status,
        Revision = row.Revision,
    };
}
