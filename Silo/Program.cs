using Bzt.Grains.Providers;
using Bzt.Silo.Hosting;
using Bzt.Silo.KeyProtection;

if (KeyCommands.TryRun(args))
{
    return;
}

var builder = WebApplication.CreateBuilder(args);
builder.AddBztSilo();
builder.Services.AddProviders();
builder.AddOperations();
var app = builder.Build();
app.MapOperations();
app.Run();
