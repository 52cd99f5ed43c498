using Bzt.Gateway.Hosting;
using Bzt.Silo.Hosting;

if (await HealthCommand.TryRunAsync(args))
{
    return Environment.ExitCode;
}

return await ProcessStart.RunAsync(args, $"{HealthCommand.Usage}; with settings alone it is a gateway.", async () =>
{
    await using var gateway = GatewayHost.Build(args, builder => builder.DrainBeforeStop());
    await gateway.RunAsync();
});
