using ComplianceGrid.VendorSandbox;

await SandboxHost.Create(args).RunAsync();
