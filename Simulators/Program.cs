using Bzt.Simulators;

await using var app = SimulatorsHost.Build(args);
await app.RunAsync();
