using System.Reflection;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Certificates;
using Bzt.Grains.Enterprises;
using Bzt.Grains.MockPhones;
using Bzt.Grains.Platforms;
using Bzt.Grains.Sessions;

namespace Bzt.Tests.Platforms;

/// <summary>Of an enterprise with thousands of bindings: a binding stays when its certificate has ended, so the one that works may be the oldest of all.</summary>
public sealed class BoundCertificatesTests
{
    private const int Most = 64;
    private static readonly PlatformId Platform = new("p");
    private static readonly CreditCode Enterprise = new("91420500MA49ABCD28");

    [Fact]
    public async Task The_one_that_works_is_found_behind_all_that_ended()
    {
        var bound = new Bound(2500, active: i => i == 1999);
        var found = Assert.Single(await FoundAsync(bound));
        Assert.Equal(bound.Certificates[1999], found.Certificate);
        Assert.Equal(bound.HolderOf(bound.Certificates[1999]), Assert.Single(await BoundCertificates.HoldersAsync(bound.Grains, Platform, Enterprise)));

        // What a binding keeps is what is looked at, and no more.
        var beyond = new Bound(2500, active: i => i == 2000);
        Assert.Equal(RefusalCode.CertificateUnusable, Assert.IsType<Refused<IReadOnlyList<BoundCertificate>>>(await BoundCertificates.FindAsync(beyond.Grains, Platform, Enterprise)).Refusal.Code);
        Assert.Empty(await BoundCertificates.HoldersAsync(beyond.Grains, Platform, Enterprise));
        Assert.Equal(4000, beyond.Looks);
    }

    [Fact]
    public async Task Of_very_many_that_work_the_newest_are_named_and_the_others_not_asked()
    {
        var bound = new Bound(500, active: _ => true);
        Assert.Equal(bound.Certificates.Take(Most), (await FoundAsync(bound)).Select(certificate => certificate.Certificate));
        Assert.Equal(Most, bound.Looks);
        Assert.Equal(Most, (await BoundCertificates.HoldersAsync(bound.Grains, Platform, Enterprise)).Count);
        Assert.Equal(2 * Most, bound.Looks);
    }

    private static async Task<IReadOnlyList<BoundCertificate>> FoundAsync(Bound bound) =>
        Assert.IsType<Done<IReadOnlyList<BoundCertificate>>>(await BoundCertificates.FindAsync(bound.Grains, Platform, Enterprise)).Value;

    /// <summary>The grains that are asked, newest binding first; each certificate is another member's.</summary>
    private sealed class Bound
    {
        private readonly Dictionary<CertificateId, int> places;

        public Bound(int count, Func<int, bool> active)
        {
            Certificates = [.. Enumerable.Range(0, count).Select(_ => new CertificateId(Guid.CreateVersion7()))];
            places = Certificates.Index().ToDictionary(each => each.Item, each => each.Index);
            Grains = Stub.Of<IGrainFactory>((method, key) => method.GetGenericArguments() switch
            {
                [var type] when type == typeof(IBindingGrain) => Stub.Of<IBindingGrain>((_, arguments) =>
                    Task.FromResult<IReadOnlyList<PlatformBinding>>([.. Certificates.Take((int)arguments[0]!).Select(id => new PlatformBinding(id, "企业", Enterprise, "01", default))])),
                [var type] when type == typeof(ICertificateGrain) => Stub.Of<ICertificateGrain>((_, _) => Task.FromResult(Look(new CertificateId((Guid)key[0]!), active))),
                [var type] when type == typeof(IEnterpriseGrain) => Stub.Of<IEnterpriseGrain>((_, _) => Task.FromResult<IReadOnlyList<SessionKind>>([SessionKind.Seal, SessionKind.Encrypt])),
                [var type] when type == typeof(IMockPhonesGrain) => Stub.Of<IMockPhonesGrain>((_, _) => Task.FromResult<SessionSignerFacts?>(null)),
                var others => throw new InvalidOperationException($"{others[0]} is not asked."),
            });
        }

        public IGrainFactory Grains { get; }

        public IReadOnlyList<CertificateId> Certificates { get; }

        public int Looks { get; private set; }

        public UserId HolderOf(CertificateId certificate) => new(new Guid(places[certificate] + 1, 0, 0, new byte[8]));

        private Reply<CertificateFacts> Look(CertificateId certificate, Func<int, bool> active)
        {
            Looks++;
            return new CertificateFacts(
                certificate, active(places[certificate]) ? CertificateState.Active : CertificateState.Revoked, HolderOf(certificate), new DeviceId(Guid.Empty), Enterprise, "企业", new CaId("ca"), "CA", "hubei",
                new IssuedFacts("01", "02", default, default, [], [], [], []), null);
        }
    }

    /// <summary>An interface whose every call is answered by one function of the method and its arguments.</summary>
    public class Stub : DispatchProxy
    {
        private Func<MethodInfo, object?[], object?> answer = null!;

        public static T Of<T>(Func<MethodInfo, object?[], object?> answer) where T : class
        {
            var stub = Create<T, Stub>();
            ((Stub)(object)stub).answer = answer;
            return stub;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => answer(targetMethod!, args ?? []);
    }
}
