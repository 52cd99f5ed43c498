using System.Collections.Immutable;
using Bzt.Contracts;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Forms;

namespace Bzt.Grains.Csc;

/// <summary>Which signatures an authorisation still gives.</summary>
public static class SignatureActivationRules
{
    /// <summary>Pushed requests of one platform that wait for one holder: as many as in a sealing session.</summary>
    public const int MostWaiting = 16;

    /// <summary>Every hash has to be one the user confirmed and none used before, or nothing is given and nothing used.</summary>
    /// <returns>Which documents' signatures answer the hashes, in the order asked for.</returns>
    public static Reply<IReadOnlyList<int>> Use(
        SessionOutcome? outcome, ImmutableArray<int> used, CertificateId credential, IReadOnlyList<byte[]> hashes)
    {
        if (outcome is not { End: Contracts.Platforms.SessionEnd.Ok } || outcome.Certificate != credential || hashes.Count == 0)
        {
            return new Refusal(RefusalCode.NotFound);
        }

        var confirmed = outcome.Signatures.Select(signature => Read(signature)?.Hash).ToList();
        var taken = new List<int>();
        foreach (var hash in hashes)
        {
            // The same hash confirmed twice is two signatures.
            var same = Enumerable.Range(0, confirmed.Count).Where(i => confirmed[i]?.AsSpan().SequenceEqual(hash) == true).ToList();
            if (same.Count == 0)
            {
                return new Refusal(RefusalCode.DocumentRefused);
            }

            if (same.Where(i => !used.Contains(i) && !taken.Contains(i)).Select(i => (int?)i).FirstOrDefault() is not { } index)
            {
                return new Refusal(RefusalCode.SessionEnded);
            }

            taken.Add(index);
        }

        return new Done<IReadOnlyList<int>>(taken);
    }

    private static HashOnlyForm? Read(SessionSignature signature) =>
        signature.Form == SigningForms.HashOnly && SigningForm.TryDecode(new SigningDocument(SigningFormKind.HashOnly, signature.ToBeSigned), out var form)
            ? form as HashOnlyForm
            : null;
}
