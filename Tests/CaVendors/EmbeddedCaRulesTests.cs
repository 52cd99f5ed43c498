using Bzt.Grains.CaVendors;
using Bzt.Tests.Peers;

namespace Bzt.Tests.CaVendors;

/// <summary>What the embedded CA does and refuses, whatever comes twice, late or for another.</summary>
public sealed class EmbeddedCaRulesTests
{
    readonly EmbeddedCaBench bench = new();

    [Fact]
    public void A_submission_is_accepted_once_and_its_number_never_means_anything_else()
    {
        var application = EmbeddedCaBench.Application("A1");
        Assert.IsType<CaSubmission.Ok>(bench.Submit(application));
        var after = bench.State;
        Assert.IsType<CaSubmission.Ok>(bench.Submit(application));
        Assert.Same(after, bench.State);
        Assert.Equal(new CaSubmission.Refused(CaRefusal.Conflict), bench.Submit(application with { Validity = TimeSpan.FromDays(400) }));
    }

    public static TheoryData<string?, string?, string?, double> BadFacts => new()
    {
        { "", "湖北江汉建设工程有限公司", "91420500MA49ABCD28", 366 },
        { new string('长', 65), "湖北江汉建设工程有限公司", "91420500MA49ABCD28", 366 },
        { "湖北江汉\u202E建设", "湖北江汉建设工程有限公司", "91420500MA49ABCD28", 366 },
        { "湖北江汉建设工程有限公司", "湖北江汉\u200B建设工程有限公司", "91420500MA49ABCD28", 366 },
        { "换\n行", "湖北江汉建设工程有限公司", "91420500MA49ABCD28", 366 },
        { "湖北江汉建设工程有限公司", "湖北江汉建设工程有限公司", "91420500MA49ABCD26", 366 },
        { "湖北江汉建设工程有限公司", "湖北江汉建设工程有限公司", null, 366 },
        { "湖北江汉建设工程有限公司", "湖北江汉建设工程有限公司", "91420500MA49ABCD28", 0.5 },
        { "湖北江汉建设工程有限公司", "湖北江汉建设工程有限公司", "91420500MA49ABCD28", 3000 },
    };

    [Theory, MemberData(nameof(BadFacts))]
    public void Facts_no_certificate_can_carry_are_refused_at_submission(string? commonName, string? organization, string? creditCode, double days)
    {
        var application = EmbeddedCaBench.Application("A1") with
        {
            Subject = EmbeddedCaBench.Enterprise with { CommonName = commonName!, Organization = organization, CreditCode = creditCode },
            Validity = TimeSpan.FromDays(days),
        };
        Assert.Equal(new CaSubmission.Refused(CaRefusal.BadSubject), bench.Submit(application));
        Assert.Empty(bench.State.Files);
    }

    [Fact]
    public void Nothing_is_issued_before_approval_or_after_rejection()
    {
        var request = EmbeddedCaBench.Request(EmbeddedCaBench.NewKey());
        Assert.Equal(new CaIssuance.Refused(CaRefusal.Unknown), bench.Issue("A1", request));
        bench.Submit(EmbeddedCaBench.Application("A1"));
        Assert.IsType<CaReview.Pending>(EmbeddedCa.Review(bench.State, "A1"));
        Assert.Equal(new CaIssuance.Refused(CaRefusal.NotApproved), bench.Issue("A1", request));
        Assert.Equal(new CaReview.Rejected("营业执照不清晰"), bench.Decide("A1", "营业执照不清晰"));
        Assert.Equal(new CaIssuance.Refused(CaRefusal.NotApproved), bench.Issue("A1", request));
        Assert.Equal(new CaReview.Rejected("营业执照不清晰"), bench.Decide("A1", "营业执照不清晰"));
        Assert.Equal(new CaReview.Refused(CaRefusal.Conflict), bench.Decide("A1"));
    }

    [Fact]
    public void The_same_key_gets_the_same_certificates_and_another_is_refused()
    {
        var key = EmbeddedCaBench.NewKey();
        var first = bench.Obtain(key, "A1");
        var after = bench.State;
        Assert.Equal(first, Assert.IsType<CaIssuance.Ok>(bench.Issue("A1", EmbeddedCaBench.Request(key))).Certificates);
        Assert.Same(after, bench.State);
        Assert.Equal(new CaIssuance.Refused(CaRefusal.Conflict), bench.Issue("A1", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));
    }

    [Fact]
    public void A_request_without_proof_of_possession_is_refused()
    {
        bench.Submit(EmbeddedCaBench.Application("A1"));
        bench.Decide("A1");
        var (key, other) = (EmbeddedCaBench.NewKey(), EmbeddedCaBench.NewKey());
        var valid = EmbeddedCaBench.Request(key);
        byte[][] bad =
        [
            EmbeddedCaBench.Request(key, signer: other.Private),
            [.. valid, 0],
            valid[..^1],
            [],
            [0x30, 0x03, 0x02, 0x01, 0x00],
            RsaRequest(),
        ];
        Assert.All(bad, request => Assert.Equal(new CaIssuance.Refused(CaRefusal.BadRequest), bench.Issue("A1", request)));
        for (var i = 0; i < valid.Length; i += 7)
        {
            var flipped = valid.ToArray();
            flipped[i] ^= 1;
            Assert.Equal(new CaIssuance.Refused(CaRefusal.BadRequest), bench.Issue("A1", flipped));
        }

        Assert.IsType<CaIssuance.Ok>(bench.Issue("A1", valid));
    }

    [Fact]
    public void A_key_certified_for_one_holder_serves_no_other()
    {
        var key = EmbeddedCaBench.NewKey();
        bench.Obtain(key, "A1", holder: "one");
        bench.Submit(EmbeddedCaBench.Application("A2", holder: "two"));
        bench.Decide("A2");
        Assert.Equal(new CaIssuance.Refused(CaRefusal.WrongKey), bench.Issue("A2", EmbeddedCaBench.Request(key)));
    }

    [Fact]
    public void Kinds_are_checked_against_the_holder_when_submitted_and_again_when_issued()
    {
        foreach (var kind in new[] { CaApplicationKind.Renew, CaApplicationKind.Reissue, CaApplicationKind.Recover })
        {
            Assert.Equal(new CaSubmission.Refused(CaRefusal.Unknown), bench.Submit(EmbeddedCaBench.Application($"early-{kind}", kind)));
        }

        // Two first applications of one holder: the second one comes too late.
        bench.Submit(EmbeddedCaBench.Application("A1"));
        bench.Submit(EmbeddedCaBench.Application("A2"));
        bench.Decide("A1");
        bench.Decide("A2");
        Assert.IsType<CaIssuance.Ok>(bench.Issue("A1", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));
        Assert.Equal(new CaIssuance.Refused(CaRefusal.Conflict), bench.Issue("A2", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));
        Assert.Equal(new CaSubmission.Refused(CaRefusal.Conflict), bench.Submit(EmbeddedCaBench.Application("A3")));
    }

    [Fact]
    public async Task Renewal_keeps_both_keys_and_counts_from_the_old_end()
    {
        var key = EmbeddedCaBench.NewKey();
        var first = bench.Obtain(key, "A1");
        bench.Now += TimeSpan.FromDays(340);
        Assert.IsType<CaSubmission.Ok>(bench.Submit(EmbeddedCaBench.Application("A2", CaApplicationKind.Renew)));
        bench.Decide("A2");
        Assert.Equal(new CaIssuance.Refused(CaRefusal.WrongKey), bench.Issue("A2", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));
        var second = Assert.IsType<CaIssuance.Ok>(bench.Issue("A2", EmbeddedCaBench.Request(key))).Certificates;

        Assert.Equal(EmbeddedCaBench.PublicPoint(first.SigningCertificate), EmbeddedCaBench.PublicPoint(second.SigningCertificate));
        Assert.Equal(EmbeddedCaBench.PublicPoint(first.EncryptionCertificate), EmbeddedCaBench.PublicPoint(second.EncryptionCertificate));
        Assert.NotEqual(EmbeddedCaBench.SerialNumber(first.SigningCertificate), EmbeddedCaBench.SerialNumber(second.SigningCertificate));
        Assert.Equal(NotAfter(first.SigningCertificate).AddDays(366), NotAfter(second.SigningCertificate));
        Assert.Equal(
            await EmbeddedCaBench.OpenEnvelope(first.EncryptionEnvelope, key.Private),
            await EmbeddedCaBench.OpenEnvelope(second.EncryptionEnvelope, key.Private));
    }

    [Fact]
    public async Task Recovery_brings_every_past_encryption_key_to_the_new_signing_key_and_ends_the_old_one()
    {
        var (first, second, third) = (EmbeddedCaBench.NewKey(), EmbeddedCaBench.NewKey(), EmbeddedCaBench.NewKey());
        var one = bench.Obtain(first, "A1");
        var two = bench.Obtain(second, "A2", CaApplicationKind.Reissue);
        Assert.NotEqual(EmbeddedCaBench.PublicPoint(one.EncryptionCertificate), EmbeddedCaBench.PublicPoint(two.EncryptionCertificate));
        var three = bench.Obtain(third, "A3", CaApplicationKind.Recover);
        Assert.Equal(EmbeddedCaBench.PublicPoint(two.EncryptionCertificate), EmbeddedCaBench.PublicPoint(three.EncryptionCertificate));

        var keys = Assert.IsType<CaKeyRecovery.Ok>(bench.Ca.RecoverKeys(bench.State, "A3")).Keys;
        Assert.Equal([one.EncryptionCertificate, three.EncryptionCertificate], keys.Select(recovered => recovered.EncryptionCertificate));
        Assert.Equal(await EmbeddedCaBench.OpenEnvelope(one.EncryptionEnvelope, first.Private), await EmbeddedCaBench.OpenEnvelope(keys[0].EncryptionEnvelope, third.Private));
        Assert.Equal(await EmbeddedCaBench.OpenEnvelope(two.EncryptionEnvelope, second.Private), await EmbeddedCaBench.OpenEnvelope(keys[1].EncryptionEnvelope, third.Private));

        // The lost phone's signing certificate is over, and its application fetches nothing any more.
        Assert.Contains(EmbeddedCaBench.SerialNumber(two.SigningCertificate), bench.State.Revoked.Keys);
        Assert.Equal(new CaKeyRecovery.Refused(CaRefusal.NotApproved), bench.Ca.RecoverKeys(bench.State, "A2"));
        Assert.Equal(new CaKeyRecovery.Refused(CaRefusal.Unknown), bench.Ca.RecoverKeys(bench.State, "A9"));
    }

    [Fact]
    public void What_was_revoked_is_neither_renewed_nor_recovered_and_revoking_again_changes_nothing()
    {
        var key = EmbeddedCaBench.NewKey();
        var serialNumber = EmbeddedCaBench.SerialNumber(bench.Obtain(key, "A1").SigningCertificate);
        bench.Submit(EmbeddedCaBench.Application("A2", CaApplicationKind.Renew));
        bench.Submit(EmbeddedCaBench.Application("A3", CaApplicationKind.Recover));
        bench.Decide("A2");
        bench.Decide("A3");
        var first = bench.Revoke(serialNumber, RevocationReason.CessationOfOperation);
        bench.Now += TimeSpan.FromHours(1);
        Assert.Equal(first, bench.Revoke(serialNumber, RevocationReason.KeyCompromise));
        Assert.Equal(new CaRevocation.Refused(CaRefusal.Unknown), bench.Revoke("00", RevocationReason.Unspecified));
        Assert.Equal(new CaIssuance.Refused(CaRefusal.Conflict), bench.Issue("A2", EmbeddedCaBench.Request(key)));
        Assert.Equal(new CaIssuance.Refused(CaRefusal.Conflict), bench.Issue("A3", EmbeddedCaBench.Request(EmbeddedCaBench.NewKey())));

        // A new certificate of the same holder comes without the revoked key.
        bench.Obtain(EmbeddedCaBench.NewKey(), "A4", CaApplicationKind.Reissue);
        Assert.Single(Assert.IsType<CaKeyRecovery.Ok>(bench.Ca.RecoverKeys(bench.State, "A4")).Keys);
    }

    static DateTime NotAfter(byte[] certificate) => new Org.BouncyCastle.X509.X509Certificate(certificate).NotAfter;

    static byte[] RsaRequest()
    {
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        return new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=rsa", rsa, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1).CreateSigningRequest();
    }
}
