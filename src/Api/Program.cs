using ComplianceGrid.Api.Audit;
using ComplianceGrid.Api.AuditLog;
using ComplianceGrid.Api.Employees;
using ComplianceGrid.Api.Grid;
using ComplianceGrid.Api.Http;
using ComplianceGrid.Api.Identity.Sessions;
using ComplianceGrid.Api.Ledger;
using ComplianceGrid.Api.Ledger.Verification;
using ComplianceGrid.Api.OpenApi;
using ComplianceGrid.Api.Orders;
using ComplianceGrid.Api.Policies;
using ComplianceGrid.Api.Reporting;
using ComplianceGrid.Api.Security;
using ComplianceGrid.ServiceDefaults;

if (args is ["verify", .. var verify]) return await VerifyCommand.RunAsync(verify, Console.Out, Console.Error);
if (args is ["ledger", .. var ledger]) return await ExportCommand.RunAsync(ledger, Console.Out, Console.Error);

var builder = WebApplication.CreateBuilder(args);
builder.AddGridDefaults("api");
builder.AddGridClient();
builder.AddReadModels();
builder.AddAuditDatabase();
builder.AddGridAuthentication();
builder.AddRateLimits();
builder.AddAuditTrail();
builder.Services.AddStrictJson();
builder.Services.AddPaging();
builder.Services.AddEmployees();
builder.Services.AddAuditLog();
builder.AddLedger();
builder.AddSessions();
builder.Services.AddApiDocument();

var app = builder.Build();
app.UseAuditTrail(); // outside the error handler: it must see the answer that really leaves
app.MapGridDefaults();
app.UseRouting();
app.UseAuthentication();
app.UseRateLimiter();
app.UseCaller();
app.MapEmployees();
app.MapClearances();
app.MapPolicies();
app.MapOrders();
app.MapReports();
app.MapAuditLog();
app.MapLedger();
app.MapDevelopmentIssuer();
app.MapApiReference();
app.RequirePermissionsEverywhere();
app.RequireAuditLinesEverywhere();
await app.RunUntilStoppedAsync();
return 0;

/// <summary>Named for test hosts.</summary>
public sealed partial class Program;
