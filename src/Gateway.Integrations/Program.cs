using ComplianceGrid.Gateway;
using ComplianceGrid.Gateway.Connections;
using ComplianceGrid.Gateway.Inbox;

if (args is ["connections", .. var rest]) return await ConnectionsCommand.RunAsync(rest, Console.Out, Console.Error);
if (args is ["parked", .. var parked]) return await ParkedWebhooksCommand.RunAsync(parked, Console.Out, Console.Error);

await GatewayHost.Create(args).RunAsync();
return 0;
