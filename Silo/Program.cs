using Bzt.Silo.Hosting;
using Bzt.Silo.KeyProtection;
using Bzt.Silo.Operators;

if (await KeyCommands.TryRunAsync(args) || await StoreCommands.TryRunAsync(args) || await HealthCommand.TryRunAsync(args))
{
    return Environment.ExitCode;
}

return await ProcessStart.RunAsync(args, $"{KeyCommands.Usage} | {StoreCommands.Usage} | {HealthCommand.Usage}; with settings alone it is a silo.", async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddLogLevels();
    builder.AddSettingFiles();
    await using var app = SiloHost.Build(builder);
    await app.RunAsync();
});
