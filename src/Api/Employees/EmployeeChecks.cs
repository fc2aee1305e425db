using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;

namespace ComplianceGrid.Api.Employees;

/// <summary>Which values a profile may have; the grain judges the rest (is the number taken, is the record closed).</summary>
internal static class EmployeeChecks
{
    private const int MostRoles = 32;

    public static void Check(EmployeeBody body)
    {
        Fields.Text("employeeNumber", body.EmployeeNumber, 64);
        Fields.Text("givenName", body.GivenName, 100);
        Fields.Text("familyName", body.FamilyName, 100);
        Fields.Day("dateOfBirth", body.DateOfBirth);
        Fields.OptionalText("email", body.Email, 254); // RFC 5321 §4.5.3.1.3
        if (body.Email is { } email && (email.Count(character => character == '@') != 1 || email[0] == '@' || email[^1] == '@'))
            throw Fields.Refuse("email", "be an address with one @");
        Fields.OptionalText("phone", body.Phone, 32);
        Fields.Code("site", body.Site);
        Fields.Codes("roles", body.Roles, MostRoles);
        if (body.DotModes is { } modes && modes.Distinct().Count() != modes.Length) throw Fields.Refuse("dotModes", "name each agency once");
        Fields.Day("hiredOn", body.HiredOn);
        if (body.DateOfBirth >= body.HiredOn) throw Fields.Refuse("hiredOn", "be later than dateOfBirth");
        Fields.TimeZone("homeTerminalTimeZone", body.HomeTerminalTimeZone);
    }

    /// <summary>Nobody is hired at, or moved to, a site that the caller could not see them at.</summary>
    public static void CheckSite(EmployeeBody body, Caller caller)
    {
        if (!caller.Sees(body.Site)) throw Fields.Refuse("site", "be one of those that you may see");
    }

    public static void Check(WaiverBody body)
    {
        Fields.Code("requirement", body.Requirement);
        Fields.Text("requestedBy", body.RequestedBy, 200);
        Fields.Day("until", body.Until);
    }
}
