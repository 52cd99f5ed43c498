using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Protocol.Wire;

namespace Bzt.Contracts.Platforms;

/// <summary>
/// The decryption task of a session, made alike by tool and silo: its <see cref="DecryptionTask.Binding"/> goes into the QR's fragment,
/// its <see cref="DecryptionTask.CheckCode"/> is shown by tool and phone.
/// </summary>
public static class DecryptionTasks
{
    /// <summary>Null when the key or a ciphertext does not decode.</summary>
    /// <param name="request">As the session is opened with it.</param>
    /// <param name="platformId">The platform's id: both sides know it, while its name may change.</param>
    /// <param name="project">The session's project.</param>
    public static DecryptionTask? Create(DecryptionRequest request, string platformId, ProjectInfo project)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Create(request.ToolKey, request.Recipient, request.EncryptionSerial, platformId, project, request.Keys);
    }

    /// <inheritdoc cref="Create(DecryptionRequest, string, ProjectInfo)"/>
    public static DecryptionTask? Create(
        byte[] toolKey, DecryptionRecipient recipient, string encryptionSerial, string platformId, ProjectInfo? project, IReadOnlyList<WrappedKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        if (!Point.TryDecode(toolKey, out var pcKey) || project is null)
        {
            return null;
        }

        var items = new List<DecryptionItem>();
        foreach (var key in keys)
        {
            if (!Sm2Ciphertext.TryParse(key.Ciphertext, out var ciphertext))
            {
                return null;
            }

            items.Add(new DecryptionItem((key.EncryptionSerial ?? encryptionSerial).ToUpperInvariant(), ciphertext!.C1, key.Name, key.Ciphertext.Length));
        }

        var reader = recipient == DecryptionRecipient.ThisPc ? Protocol.Wire.DecryptionRecipient.ThisPc : Protocol.Wire.DecryptionRecipient.PlatformServer;
        return new DecryptionTask(pcKey, reader, platformId, project.Name, project.OpeningTime, items);
    }
}
