using System.Globalization;
using System.Text.Json;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Projections.Reads;
using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Api.Employees;

/// <summary>The list's query string. Bound as text, so that a refusal can say what would be accepted.</summary>
internal sealed record EmployeeListParameters
{
    [FromQuery(Name = "status")] public string? Status { get; init; }
    [FromQuery(Name = "site")] public string? Site { get; init; }
    [FromQuery(Name = "role")] public string? Role { get; init; }
    [FromQuery(Name = "name")] public string? Name { get; init; }
    [FromQuery(Name = "hiredFrom")] public string? HiredFrom { get; init; }
    [FromQuery(Name = "hiredTo")] public string? HiredTo { get; init; }
    [FromQuery(Name = "employed")] public string? Employed { get; init; }
    [FromQuery(Name = "sort")] public string? Sort { get; init; }
    [FromQuery(Name = "cursor")] public string? Cursor { get; init; }
    [FromQuery(Name = "limit")] public string? Limit { get; init; }

    /// <summary>The query without its page, checked.</summary>
    public EmployeeQuery Read()
    {
        if (Site is not null) Fields.Code("site", Site);
        if (Role is not null) Fields.Code("role", Role);
        Fields.OptionalText("name", Name?.Trim(), 100);
        var descending = Sort is ['-', ..];
        return new()
        {
            Status = Fields.Word<ComplianceStatus>("status", Status),
            Site = Site,
            Role = Role,
            NamePrefix = Name?.Trim(),
            HiredFrom = Fields.Date("hiredFrom", HiredFrom),
            HiredTo = Fields.Date("hiredTo", HiredTo),
            Employed = Fields.YesNo("employed", Employed),
            Sort = Fields.Word<EmployeeSort>("sort (with - in front: descending)", descending ? Sort![1..] : Sort) ?? EmployeeSort.Name,
            Descending = descending,
            Limit = Paging.Limit(Limit),
        };
    }
}

internal static class EmployeeCursor
{
    /// <summary>What a cursor belongs to: tenant, filters and order, but not the size of a page.</summary>
    public static string Query(Caller caller, EmployeeQuery query) => string.Create(CultureInfo.InvariantCulture,
        $"employees/{caller.Tenant}/{JsonSerializer.Serialize(query with { Limit = 0, After = null })}");
}
