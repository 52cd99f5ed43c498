using System.Globalization;
using System.Text;
using Bzt.Contracts.Phone;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Foundations;
using Bzt.Protocol.Certificates;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Seals;
using Orleans.Concurrency;

namespace Bzt.Grains.Seals;

/// <summary>Makes the picture of a seal small enough to go into every signature made with it.</summary>
public interface ISealReducer
{
    /// <summary>A PNG of at most so many octets, in the same proportions.</summary>
    Task<byte[]> ReduceAsync(byte[] png, int octets, CancellationToken cancellation = default);
}

/// <inheritdoc cref="ISealMakerGrain"/>
[GrainType("seal-maker"), StatelessWorker]
public sealed class SealMakerGrain(CaVendorDirectory vendors, IBlobStore blobs, ISealReducer reducer) : Grain, ISealMakerGrain
{
    /// <summary>Our code as a maker.</summary>
    private const string VendorId = "BZT";

    /// <summary>The whole seal travels to the phone and into the signature (<see cref="Sessions.SessionLimits.SealDocumentOctets"/>).</summary>
    private const int LargestPicture = 40 * 1024;

    public async Task<Reply<byte[]>> Make(CertificateId certificate, SealKind kind)
    {
        if (await GrainFactory.Certificate(certificate).GetFacts() is not Done<CertificateFacts>({ State: CertificateState.Active, Issued: { } issued } facts)
            || !Sm2Certificate.TryParse(issued.SigningCertificate, out var signing))
        {
            return new Refusal(RefusalCode.CertificateUnusable);
        }

        if (vendors.ForServices is not { } ca
            || await GrainFactory.EnterpriseSeals(facts.CreditCode).GetView() is not { } view || view.Seals.FirstOrDefault(seal => seal.Kind == kind) is not { } seal)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        using var png = new MemoryStream();
        if (!await blobs.ReadAsync(SealOwners.Of(facts.CreditCode), new BlobId(seal.BlobId), png))
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var maker = await GrainFactory.CaAuthority(ca).GetService(CaService.SealMaking);
        var info = Info(facts, view, seal, signing, maker.Key.Certificate, await reducer.ReduceAsync(png.ToArray(), LargestPicture)).Encode();
        return ElectronicSeal.Assemble(info, maker.Key.Certificate, vendors.Embedded(ca).SignAs(CaService.SealMaking, maker, info));
    }

    private static ElectronicSealInfo Info(CertificateFacts facts, EnterpriseSealsView view, SealFacts seal, Sm2Certificate signing, byte[] maker, byte[] picture)
    {
        // Neither before its maker was one, nor before the certificate it is for.
        var made = Sm2Certificate.TryParse(maker, out var parsed) && parsed.NotBefore > view.Since ? parsed.NotBefore : view.Since;
        made = signing.NotBefore > made ? signing.NotBefore : made;
        var identity = Sm3.Hash(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{facts.CreditCode}/{seal.Kind}/{view.Version}/{signing.Serial}")));
        return new ElectronicSealInfo(
            VendorId, Convert.ToHexString(identity.AsSpan(0, 16)), seal.Kind == SealKind.Enterprise ? ElectronicSealType.Organisation : ElectronicSealType.Person,
            facts.EnterpriseName + NameOf(seal.Kind), [signing.Der], ToSecond(made), ToSecond(signing.NotBefore), ToSecond(signing.NotAfter),
            "PNG", picture, (int)Math.Round(seal.WidthMm), (int)Math.Round(seal.HeightMm));
    }

    private static string NameOf(SealKind kind) => kind switch
    {
        SealKind.Enterprise => "公章",
        SealKind.LegalRepresentative => "法定代表人章",
        SealKind.Signature => "法定代表人签字",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a seal."),
    };

    private static DateTimeOffset ToSecond(DateTimeOffset moment) => DateTimeOffset.FromUnixTimeSeconds(moment.ToUnixTimeSeconds());
}
