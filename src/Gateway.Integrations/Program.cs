using ComplianceGrid.Gateway;
using ComplianceGrid.Gateway.Connections;

if (args is ["connections", .. var rest]) return await ConnectionsCommand.RunAsync(rest, Console.Out, Console.Error);

await GatewayHost.Create(args).RunAsync();
return 0;
