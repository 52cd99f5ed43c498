using System.Collections.Concurrent;
using Bzt.Grains;
using Bzt.Grains.CaVendors;
using Bzt.Grains.CaVendors.Registration;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.CaVendors;

/// <summary>A CA for which we are the registration authority is asked twice at once for one application, as by an activation that leaves and the next one: it issues two certificates.</summary>
[Trait("Feature", "X21"), Trait("Surface", "api")]
public sealed class TwoEnrolmentsTests
{
    private static readonly CaId Ca = new("twice-ca");

    [Fact]
    public async Task One_counts_and_the_other_is_revoked_however_often_the_ca_is_away()
    {
        var twice = new TwiceCa { Away = 3 };
        await using var silo = await StartAsync(twice);
        var (kept, other) = await IssueTwiceAsync(silo, twice);
        await RevokedAsync(silo, twice, other, restartWhen: tries => tries == 1);

        // That which counts stays, and is found by its own number still.
        Assert.DoesNotContain(kept, twice.Revoked.Keys);
        var serial = EmbeddedCaBench.SerialNumber(kept);
        Assert.IsType<CaRevocation.Ok>(await silo.Grains.CaAdapter(Ca).Revoke(serial, RevocationReason.KeyCompromise));
        Assert.Equal(RevocationReason.KeyCompromise, twice.Revoked[kept]);
    }

    [Theory]
    [InlineData(WriteFault.NotPersisted, "ca-registration/ca-registration/")]
    [InlineData(WriteFault.Persisted, "ca-registration/ca-registration/")]
    [InlineData(WriteFault.NotPersisted, "ca-registration/ca-superfluous/")]
    [InlineData(WriteFault.Persisted, "ca-registration/ca-superfluous/")]
    [InlineData(WriteFault.NotPersisted, "ca-claim/ca-claim/twice-ca/serial/")]
    [InlineData(WriteFault.Persisted, "ca-claim/ca-claim/twice-ca/serial/")]
    public async Task A_failure_of_the_write_that_keeps_either_loses_no_revocation(WriteFault fault, string row)
    {
        var twice = new TwiceCa();
        await using var silo = await StartAsync(twice);
        twice.Issuing = () => silo.Faults.FailNext(fault, write => write.Subject.StartsWith(row, StringComparison.Ordinal));
        var (_, other) = await IssueTwiceAsync(silo, twice);
        await RevokedAsync(silo, twice, other, restartWhen: _ => false);
    }

    private static Task<TestSilo> StartAsync(TwiceCa twice) => TestSilo.StartAsync(builder =>
    {
        builder.Services.AddSingleton<ICaVendorProtocol>(services => new TwiceProtocol(services.GetRequiredService<IGrainFactory>(), twice));
        builder.Configuration[$"CaVendors:{Ca}:Protocol"] = "twice";
    });

    /// <returns>The signing certificate that counts, and the other one.</returns>
    private static async Task<(byte[] Kept, byte[] Other)> IssueTwiceAsync(TestSilo silo, TwiceCa twice)
    {
        await EmbeddedCaLifeTests.ApproveAsync(silo, Ca, VendorBench.Order("A1"));
        var request = EmbeddedCaBench.Request(EmbeddedCaBench.NewKey());
        var asked = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => silo.Grains.CaAdapter(Ca).Issue("A1", request)));
        var kept = Assert.IsType<CaIssuance.Ok>(asked[0]).Certificates.SigningCertificate;
        Assert.Equal(kept, Assert.IsType<CaIssuance.Ok>(asked[1]).Certificates.SigningCertificate);
        Assert.Equal(kept, Assert.IsType<CaIssuance.Ok>(await silo.Grains.CaAdapter(Ca).Issue("A1", request)).Certificates.SigningCertificate);
        Assert.Equal(2, twice.Issued.Count);
        return (kept, Assert.Single(twice.Issued, issued => !issued.AsSpan().SequenceEqual(kept)));
    }

    private static async Task RevokedAsync(TestSilo silo, TwiceCa twice, byte[] certificate, Func<int, bool> restartWhen)
    {
        var restarted = false;
        await Wait.UntilAsync(
            async () =>
            {
                if (!restarted && restartWhen(twice.Tries))
                {
                    restarted = true;
                    await silo.RestartAsync();
                }

                silo.Clock.Advance(TimeSpan.FromSeconds(20));
                return twice.Revoked.ContainsKey(certificate);
            },
            revoked => revoked);
        Assert.Equal(RevocationReason.Superseded, twice.Revoked[certificate]);

        // Its answer may have run out of time on a clock that goes as fast as this: then it is asked once more.
        await Wait.UntilAsync(
            () =>
            {
                silo.Clock.Advance(TimeSpan.FromSeconds(20));
                return silo.Grains.CaAdapter(Ca).GetStatus();
            },
            status => status.Waiting == 0);
    }

    private sealed class TwiceProtocol(IGrainFactory grains, TwiceCa twice) : ICaVendorProtocol
    {
        public string Name => "twice";

        public ICaVendor Open(CaId ca, IConfigurationSection section) => new RegistrationVendor(grains, ca, twice);
    }

    /// <summary>Answers the first two requests together, each with certificates of its own.</summary>
    private sealed class TwiceCa : IEnrolment
    {
        private readonly EmbeddedCaBench bench = new();
        private readonly TaskCompletionSource both = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int asked;
        private int tries;

        /// <summary>How many revocations it does not answer.</summary>
        public int Away { get; init; }

        public int Tries => tries;

        /// <summary>Once both are asked for, before either is answered.</summary>
        public Action? Issuing { get; set; }

        public ConcurrentQueue<byte[]> Issued { get; } = new();

        public ConcurrentDictionary<byte[], RevocationReason> Revoked { get; } = new(EqualityComparer<byte[]>.Create(
            (one, other) => one.AsSpan().SequenceEqual(other), bytes => bytes.Length));

        public async Task<Enrolment> EnrolAsync(CaApplication application, byte[] certificationRequest, byte[]? replaces, byte[]? dialogue, CancellationToken cancellation)
        {
            var number = Interlocked.Increment(ref asked);
            if (number == 2)
            {
                Issuing?.Invoke();
                both.SetResult();
            }

            await both.Task.WaitAsync(cancellation);
            lock (bench)
            {
                var issued = bench.Obtain(EmbeddedCaBench.NewKey(), $"N{number}", holder: $"holder-{number}");
                Issued.Enqueue(issued.SigningCertificate);
                return new Enrolment.Ok(issued);
            }
        }

        public Task<CaRevocation> RevokeAsync(byte[] signingCertificate, RevocationReason reason, CancellationToken cancellation)
        {
            if (Interlocked.Increment(ref tries) <= Away)
            {
                return Task.FromResult<CaRevocation>(new CaRevocation.Unavailable("HTTP 503"));
            }

            Revoked[signingCertificate] = reason;
            return Task.FromResult<CaRevocation>(new CaRevocation.Ok(DateTimeOffset.UnixEpoch));
        }
    }
}
