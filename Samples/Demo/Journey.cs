namespace Bzt.Samples.Demo;

internal static class Journey
{
    public static Task PlayAsync(Deployment deployment, string output, CancellationToken stop) => throw new DemoException("not yet");
}
