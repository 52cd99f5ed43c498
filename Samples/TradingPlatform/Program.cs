using Bzt.Samples.TradingPlatform;

await using var platform = PlatformHost.Build(args);
await platform.RunAsync();
