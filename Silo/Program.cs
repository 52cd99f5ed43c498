using Bzt.Silo.Hosting;
using Bzt.Silo.KeyProtection;

if (KeyCommands.TryRun(args))
{
    return;
}

var builder = WebApplication.CreateBuilder(args);
builder.AddBztSilo();
builder.AddOperations();
var app = builder.Build();
app.MapOperations();
app.Run();
