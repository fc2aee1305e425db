using ComplianceGrid.Silo;
using ComplianceGrid.Silo.Ledger.Epochs;
using ComplianceGrid.Silo.Migrations;
using ComplianceGrid.Silo.Parking;

if (args is ["migrate", ..]) return await MigrateCommand.RunAsync(Console.Out, Console.Error);
if (args is ["parked", .. var parked]) return await ParkedEventsCommand.RunAsync(parked, Console.Out, Console.Error);
if (args is ["ledger", .. var ledger]) return await LedgerCommand.RunAsync(ledger, Console.Out, Console.Error);

await SiloHost.Create(args).RunAsync();
return Environment.ExitCode;
