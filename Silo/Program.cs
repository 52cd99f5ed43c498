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
    builder.AddBztSilo();
    builder.AddOperations();
    builder.AddDashboard();
    await using var app = builder.Build();
    app.MapOperations();
    app.MapDashboard();
    await app.RunAsync();
});
