using Bzt.Contracts;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Bzt.Tests.Storage;
using static Bzt.Tests.Sealing.SealingWorld;

namespace Bzt.Tests.Sealing;

/// <summary>Whichever write of a pushed request fails, done or not: it is signed once, counted once, and logged once.</summary>
[Collection(CertificateSystem.Name)]
public sealed class SealingFaultTests(CertificateSystem certificates)
{
    private readonly EmbeddedSystem system = certificates.System;

    [Theory]
    [InlineData(WriteFault.NotPersisted)]
    [InlineData(WriteFault.Persisted)]
    [Trait("Feature", "M071"), Trait("Surface", "api")]
    public async Task A_pushed_request_is_signed_and_counted_once_whichever_write_fails(WriteFault fault)
    {
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var sealing = (await phone.BeginAsync(platform, documents: 50)).SealingSessionId;
        var asked = 0;
        foreach (var row in (string[])[$"sealing-session/sealing-session/{sealing:N}", $"certificate/certificate/{phone.Certificate:N}", "qr-session/"])
        {
            for (var number = 1; ; number++)
            {
                asked += 2;
                bool happened;
                using (var struck = StrikeAt(row, number, fault))
                {
                    var key = $"{sealing:N}-{asked}";
                    var request = ToSeal("一.pdf", "二.pdf").In(sealing);
                    var opened = await AgainAsync(() => platform.OpenAsync(request, key));
                    await AgainAsync(() => phone.Client.AnswerSealingSessionAsync(sealing));
                    Assert.Equal(2, (await platform.SealedAsync(opened.SessionId)).Signatures.Count);
                    happened = struck.Happened;
                }

                // The PC's log of it, and the count.
                var info = await AgainAsync(() => phone.Client.GetSealingSessionAsync(sealing));
                Assert.Equal((asked, SealingSessionState.Running), (info.UsedDocuments, info.State));
                Assert.Equal(asked / 2, info.Log.Count);
                if (!happened)
                {
                    break;
                }
            }
        }

        var evidence = await phone.EvidenceAsync();
        Assert.Equal(EvidenceFault.None, evidence.Verify(evidence.EvidenceKey));
        Assert.Equal(asked, evidence.Entries.Where(entry => entry.Facts.Any(fact => fact.Name == "sealing-session")).Sum(entry => entry.Digests.Count));
    }

    /// <summary>A request's row is not known before it is there: the first that are written from here on are its.</summary>
    private SteeredStore.StruckWrite StrikeAt(string row, int number, WriteFault fault)
    {
        var struck = new SteeredStore.StruckWrite(certificates.Store);
        var writes = 0;
        certificates.Store.Strike = write =>
            write.Subject.StartsWith(row, StringComparison.Ordinal) && Interlocked.Increment(ref writes) == number && struck.Hit() ? fault : null;
        return struck;
    }

    private static async Task<T> AgainAsync<T>(Func<Task<T>> act)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await act();
            }
            catch (ApiRefusedException refused) when (refused.Code == ErrorCodes.Unavailable && attempt < 5)
            {
                // What a PC does: the same request again.
            }
        }
    }
}
