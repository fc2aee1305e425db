using System.Text.Json.Nodes;
using ComplianceGrid.Api.Http;
using Microsoft.OpenApi;

namespace ComplianceGrid.Api.OpenApi;

/// <summary>Query parameters are bound as text, so that a refusal can say what would be accepted; here is what they are.</summary>
internal static class QueryParameterSchemas
{
    private static readonly Dictionary<string, (string Description, Func<OpenApiSchema> Schema)> All = new(StringComparer.Ordinal)
    {
        ["status"] = ("Only those that have this colour at this moment.", () => Words("green", "amber", "red")),
        ["site"] = ("Only those of this site.", () => Text()),
        ["role"] = ("Only those with this job role.", () => Text()),
        ["name"] = ("Only those whose \"family given\" begins so, in any case.", () => Text(maxLength: 100)),
        ["hiredFrom"] = ("Only those hired on this day or later.", () => Text("date")),
        ["hiredTo"] = ("Only those hired on this day or earlier.", () => Text("date")),
        ["employed"] = ("Only those with (false), or without (true), a last day of employment.", () => new() { Type = JsonSchemaType.Boolean }),
        ["sort"] = ("The order; with - in front: descending.", () => Text()),
        ["cursor"] = ("The next of the page before, with the same filters and sort.", () => Text()),
        ["limit"] = ($"Rows of a page, {Paging.DefaultLimit} by default.", () => new() { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "200", Default = JsonValue.Create(Paging.DefaultLimit) }),
        ["employeeId"] = ("Only those of this person.", () => Text("uuid")),
        ["vendor"] = ("Only those placed with this vendor.", () => Words("checkr")),
        ["function"] = ("drive, safety-sensitive, work, or zone:{id}.", () => Text()),
        ["at"] = ("The instant in question (RFC 3339); now by default.", () => Text("date-time")),
        ["query"] = ("Terms key:value with blanks between; a value with blanks in quotation marks. Keys: user, action, resource, resourceId, id, result, request, address, since, until. Each asks for the same as its parameter.", () => Text(maxLength: 1000)),
        ["from"] = ("Only those on record since: an instant, a day, or a time ago (30m, 24h, 7d). 31 days before the end by default.", () => Text()),
        ["to"] = ("Only those on record before; a day counts whole. Now by default.", () => Text()),
        ["user"] = ("Only those of this user.", () => Text(maxLength: 256)),
        ["action"] = ("Only those with this action, for example LOGIN_FAILED.", () => Text()),
        ["resource"] = ("Only those about this kind of record.", () => Text(maxLength: 256)),
        ["resourceId"] = ("Only those about this record.", () => Text(maxLength: 256)),
        ["id"] = ("The entry with this id, and those about the record with this id.", () => Text(maxLength: 256)),
        ["result"] = ("Only those that ended so.", () => Words("SUCCESS", "FAILURE")),
        ["requestId"] = ("Only those of this request.", () => Text(maxLength: 256)),
        ["address"] = ("Only those from this address.", () => Text()),
        ["size"] = ("That of exactly so many entries; the newest by default.", Number),
        ["epoch"] = ("Of this log of the tenant's, from 0; the newest by default.", Number),
        ["lastDay"] = ("Last day of employment; today at the person's site by default.", () => Text("date")),
    };

    private static readonly Dictionary<string, string[]> Sorts = new(StringComparer.Ordinal)
    {
        ["listEmployees"] = ["name", "-name", "hired", "-hired", "status", "-status"],
        ["listOrders"] = ["-placed", "placed"],
    };

    // What a name means at the ledger alone.
    private static readonly Dictionary<string, (string Description, Func<OpenApiSchema> Schema)> OfProofs = new(StringComparer.Ordinal)
    {
        ["from"] = ("Size of the earlier log.", Number),
        ["to"] = ("Size of the later log.", Number),
    };

    public static void Describe(OpenApiParameter parameter, string operation)
    {
        var ofProof = operation == "proveConsistency" && OfProofs.ContainsKey(parameter.Name!);
        var (description, schema) = (ofProof ? OfProofs : All)[parameter.Name!];
        parameter.Description = description;
        parameter.Schema = parameter.Name == "sort" ? Words(Sorts[operation]) : schema();
        parameter.Required = parameter.Name == "function" || ofProof;
    }

    private static OpenApiSchema Text(string? format = null, int? maxLength = null) =>
        new() { Type = JsonSchemaType.String, Format = format, MaxLength = maxLength };

    private static OpenApiSchema Number() => new() { Type = JsonSchemaType.Integer, Minimum = "0" };

    private static OpenApiSchema Words(params string[] words) =>
        new() { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)JsonValue.Create(word))] };
}
