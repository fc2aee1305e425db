using System.Globalization;
using System.Text.Json;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Policies;
using ComplianceGrid.Api.Security;
using ComplianceGrid.Status;
using ComplianceGrid.Storage.Projections.Reads;
using Microsoft.AspNetCore.Mvc;

namespace ComplianceGrid.Api.Orders;

/// <summary>The list's query string.</summary>
internal sealed record OrderListParameters
{
    [FromQuery(Name = "employeeId")] public string? EmployeeId { get; init; }
    [FromQuery(Name = "vendor")] public string? Vendor { get; init; }
    [FromQuery(Name = "status")] public string? Status { get; init; }
    [FromQuery(Name = "sort")] public string? Sort { get; init; }
    [FromQuery(Name = "cursor")] public string? Cursor { get; init; }
    [FromQuery(Name = "limit")] public string? Limit { get; init; }

    public OrderQuery Read()
    {
        if (Vendor is not null) PolicyChecks.Vendor("vendor", Vendor);
        return new()
        {
            EmployeeId = Fields.Id("employeeId", EmployeeId),
            Vendor = Vendor,
            Status = Fields.Word<ComplianceStatus>("status", Status),
            Descending = Sort switch
            {
                null or "-placed" => true,
                "placed" => false,
                _ => throw Fields.Refuse("sort", "be placed or -placed"),
            },
            Limit = Paging.Limit(Limit),
        };
    }
}

internal static class OrderCursor
{
    public static string Query(Caller caller, OrderQuery query) => string.Create(CultureInfo.InvariantCulture,
        $"orders/{caller.Tenant}/{JsonSerializer.Serialize(query with { Limit = 0, After = null })}");
}
