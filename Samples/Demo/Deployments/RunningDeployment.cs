namespace Bzt.Samples.Demo;

/// <summary>A system somebody else started, containers for instance; it goes on when the play is over.</summary>
internal sealed class RunningDeployment(Uri gateway, Uri simulators, Uri tradingPlatform, DevelopmentSecrets secrets, string folder) : Deployment(folder, secrets)
{
    public override Uri Gateway => gateway;

    public override Uri Simulators => simulators;

    public override Uri TradingPlatform => tradingPlatform;

    /// <summary>The composition of containers for that host, as compose-secrets.sh and docker-compose.yml lay it out.</summary>
    public static RunningDeployment Composition(string host, string secretsFolder)
    {
        var file = Path.Combine(secretsFolder, "development.json");
        return File.Exists(file)
            ? new RunningDeployment(new($"https://{host}/"), new($"https://simulators.{host}:8443/"), new($"https://platform.{host}:8443/"), DevelopmentSecrets.LoadOrCreate(file), secretsFolder)
            : throw new DemoException($"{file} is not there; Samples/Demo/compose-secrets.sh makes it.");
    }

    public override Task StartAsync(CancellationToken cancellation) => Task.CompletedTask;
}
