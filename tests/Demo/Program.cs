using System.CommandLine;
using ComplianceGrid.Demo;

var api = Address("--api");
var gateway = Address("--gateway");
var sandbox = Address("--sandbox");
var silos = new Option<Uri[]>("--silos") { Required = true, AllowMultipleArgumentsPerToken = true, CustomParser = given => [.. given.Tokens.Select(token => new Uri(token.Value))] };
var connection = new Option<string>("--connection") { Required = true };
var roster = new Option<FileInfo>("--roster") { Required = true };
var policy = new Option<FileInfo>("--policy") { Required = true };
var member = new Option<FileInfo>("--member") { Required = true };
var token = new Command("token", "Signs the demo's manager in and prints an access token.") { api, member };
token.SetAction(async (arguments, ct) =>
{
    Console.WriteLine(await SignIn.TokenAsync(arguments.GetValue(api)!, arguments.GetValue(member)!, ct));
    return 0;
});
var day = new Command("day", "Imports a roster, plays a day of the vendor, and tells what happened.") { api, gateway, sandbox, silos, connection, roster, policy, member };
day.SetAction(async (arguments, ct) =>
{
    using var grid = new GridClient(arguments.GetValue(api)!, TimeProvider.System);
    using var vendor = new VendorClient(arguments.GetValue(sandbox)!, arguments.GetValue(gateway)!, arguments.GetValue(connection)!);
    grid.UseToken(await SignIn.TokenAsync(arguments.GetValue(api)!, arguments.GetValue(member)!, ct));
    await grid.PublishPolicyAsync(arguments.GetValue(policy)!, ct);

    var employees = await RosterImport.RunAsync(grid, Roster.Read(arguments.GetValue(roster)!), ct);
    var before = await grid.CountAsync(ct);
    var auditedBefore = await grid.AuditEntriesAsync(arguments.GetValue(silos)!, ct);
    var vendorDay = await new VendorDay(grid, vendor, TimeProvider.System).RunAsync(employees, ct);
    var after = await grid.CountAsync(ct);
    var audited = await grid.AuditEntriesAsync(arguments.GetValue(silos)!, ct);
    DemoReport.Print(employees, vendorDay, before, after, audited - auditedBefore);
    return vendorDay.IsAsExpected ? 0 : 1;
});
return await new RootCommand("Compliance Grid, as a client sees it.") { day, token }.Parse(args).InvokeAsync();

static Option<Uri> Address(string name) => new(name) { Required = true, CustomParser = given => new Uri(given.Tokens[0].Value) };
