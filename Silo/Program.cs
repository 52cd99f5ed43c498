using Bzt.Silo.Hosting;
using Bzt.Silo.KeyProtection;

if (KeyCommands.TryRun(args) || await HealthCommand.TryRunAsync(args))
{
    return;
}

var builder = WebApplication.CreateBuilder(args);
builder.AddSettingFiles();
builder.AddBztSilo();
builder.AddOperations();
await using var app = builder.Build();
app.MapOperations();
await app.RunAsync();
