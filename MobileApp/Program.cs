using Bzt.MobileApp;
using Bzt.MobileApp.Device;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
builder.Services.AddSingleton(new HttpClient
{
    // The app lives under /app/; the API of the same host is at its root.
    BaseAddress = new Uri(new Uri(builder.HostEnvironment.BaseAddress), "/"),
    Timeout = TimeSpan.FromSeconds(60),
});
builder.Services.AddSingleton<Vault>();
builder.Services.AddSingleton<AppWindow>();
builder.Services.AddSingleton<Camera>();
builder.Services.AddSingleton<Notifications>();
builder.Services.AddSingleton<Photos>();
builder.Services.AddSingleton<SealFrame>();
builder.Services.AddSingleton<Files>();
builder.Services.AddSingleton<LineAssemblies>();
builder.Services.AddSingleton<PhoneApp>();
await builder.Build().RunAsync();
