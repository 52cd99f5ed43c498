using Bzt.Samples.Demo;

// serve [--lan]        the whole system on this machine, until Ctrl-C; started again, all is still there
// play DIR             a system of its own, the main job without a person, its artifacts in DIR
// cluster              two silos and two gateways over PostgreSQL and Redis, until Ctrl-C
// cluster play DIR     the main job against such a cluster
// compose play DIR     the main job against the containers that run (BZT_HOST, secrets/)
using var stop = new CancellationTokenSource();
using var interrupt = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGINT, Stop);
using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, Stop);
try
{
    return args switch
    {
        ["serve"] => await Commands.ServeAsync(lan: false, stop.Token),
        ["serve", "--lan"] => await Commands.ServeAsync(lan: true, stop.Token),
        ["play", var folder] => await Commands.PlayAsync(folder, cluster: false, stop.Token),
        ["cluster"] => await Commands.ServeClusterAsync(stop.Token),
        ["cluster", "play", var folder] => await Commands.PlayAsync(folder, cluster: true, stop.Token),
        ["compose", "play", var folder] => await Commands.PlayAtComposeAsync(folder, stop.Token),
        _ => throw new DemoException("usage: ./run.sh [--lan] | demo DIR | cluster | cluster demo DIR | compose demo DIR"),
    };
}
catch (DemoException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}

void Stop(System.Runtime.InteropServices.PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
