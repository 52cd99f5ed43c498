using System.Globalization;
using Bzt.Grains.Foundations;
using Bzt.Silo.Hosting;

namespace Bzt.Silo.Storage;

/// <summary>Who may use a store: processes with its root key, of the newest release that used it or of the one before.</summary>
/// <remarks>
/// A process with another root key would answer, and fail at every share it opens. One two releases back may meet states that its upcasters
/// do not know; the release before is let in, so that an upgrade can be gone back on.
/// </remarks>
internal static class Admission
{
    /// <exception cref="AdmissionException">This process is not let in; its message says why, for the operator.</exception>
    public static Task RequireAsync(SqlStore store, IKeyProtector protector, string service, Release release, CancellationToken cancellation) =>
        store.WriteAsync(async connection =>
        {
            var key = protector.KeyedHash("admission", System.Text.Encoding.UTF8.GetBytes(service));
            await connection.ExecuteAsync("INSERT INTO cluster_key (service, hash) VALUES (@service, @hash) ON CONFLICT DO NOTHING", ("service", service), ("hash", key));
            var known = await connection.QueryAsync("SELECT hash FROM cluster_key WHERE service = @service", row => row.GetString(0), ("service", service));
            if (known[0] != key)
            {
                throw new AdmissionException(
                    "This process is not let in: its root key is not the one this store is sealed under. Give it the cluster's own: the file (Protection:RootKeyFile), or the key on the module's token (Protection:Pkcs11).");
            }

            await connection.ExecuteAsync("INSERT INTO cluster_release (number) VALUES (@number) ON CONFLICT DO NOTHING", ("number", (int)release.Number));
            var newer = await connection.QueryAsync(
                "SELECT number FROM cluster_release WHERE number > @number ORDER BY number DESC", row => new Release((ushort)row.GetInt32(0)), ("number", (int)release.Number));
            return newer.Count < 2
                ? true
                : throw new AdmissionException(string.Create(CultureInfo.InvariantCulture,
                    $"This process is not let in: it is release {release}, and release {newer[0]} has used this store. Beside it only {newer[1]} may run."));
        }, cancellation);
}

/// <summary>The store is there, and not for this process.</summary>
public sealed class AdmissionException(string message) : InvalidOperationException(message);

/// <summary>After the migrations, before the silo or the client starts.</summary>
internal sealed class AdmissionAtStart(SqlStore store, IKeyProtector protector, ClusterSettings cluster) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Admission.RequireAsync(store, protector, cluster.ServiceId, cluster.ProcessRelease, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
