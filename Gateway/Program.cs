using Bzt.Gateway.Hosting;
using Bzt.Silo.Hosting;

if (await HealthCommand.TryRunAsync(args))
{
    return;
}

await using var gateway = GatewayHost.Build(args);
await gateway.RunAsync();
