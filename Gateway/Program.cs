using Bzt.Gateway.Hosting;
using Bzt.Silo.Hosting;

if (await HealthCommand.TryRunAsync(args))
{
    return;
}

await using var gateway = GatewayHost.Build(args, builder => builder.DrainBeforeStop());
await gateway.RunAsync();
