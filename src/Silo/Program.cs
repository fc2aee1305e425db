using ComplianceGrid.ServiceDefaults;
using ComplianceGrid.Silo.Hosting;
using ComplianceGrid.Silo.Migrations;
using ComplianceGrid.Silo.Outbox;
using ComplianceGrid.Silo.Sweeps;

if (args is ["migrate", ..]) return MigrateCommand.Run(Console.Out, Console.Error);

var builder = WebApplication.CreateBuilder(args);
builder.AddGridDefaults("silo");
builder.AddGridDatabases();
builder.AddGridSilo();
builder.AddOutboxRelays();
builder.AddDueSweep();

var app = builder.Build();
app.MapGridDefaults();
await app.RunAsync();
return 0;
