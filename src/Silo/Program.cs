using ComplianceGrid.Silo;
using ComplianceGrid.Silo.Migrations;

if (args is ["migrate", ..]) return MigrateCommand.Run(Console.Out, Console.Error);

await SiloHost.Create(args).RunAsync();
return 0;
