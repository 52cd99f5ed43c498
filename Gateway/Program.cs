using Bzt.Gateway.Hosting;

await using var gateway = GatewayHost.Build(args);
await gateway.RunAsync();
