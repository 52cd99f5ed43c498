using System.Security.Cryptography;

namespace Bzt.Gateway.Phones;

/// <summary>
/// The public keys of devices that are logged in, ready to verify with: to import one takes twice as long as to verify, since the point is
/// checked. Those that asked last, a fixed number; nothing in it is secret and nothing is decided on it.
/// </summary>
/// <param name="most">A key takes about two kilobytes.</param>
internal sealed class DeviceKeys(int most) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = new(StringComparer.Ordinal);

    /// <summary>The one that asked longest ago is first.</summary>
    private readonly LinkedList<Entry> order = new();

    internal int Count
    {
        get
        {
            lock (gate)
            {
                return entries.Count;
            }
        }
    }

    /// <summary>The device has shown its token: from its next request on its key is kept. Keys that anybody draws push nobody out.</summary>
    /// <param name="jkt">RFC 7638 thumbprint.</param>
    public void Remember(string jkt)
    {
        lock (gate)
        {
            if (!entries.ContainsKey(jkt))
            {
                Add(new Entry(jkt, null));
            }
        }
    }

    /// <param name="jkt">Of the point.</param>
    /// <param name="point">P-256.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="signature">r‖s.</param>
    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    public bool Verify(string jkt, ECPoint point, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        // Taken out while it is used, since a key is not for two threads; a second request meanwhile imports its own.
        var known = TryTake(jkt, out var key);
        try
        {
            key ??= ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
            return key.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        finally
        {
            if (known)
            {
                GiveBack(jkt, key);
            }
            else
            {
                key?.Dispose();
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var entry in order)
            {
                entry.Key?.Dispose();
            }

            entries.Clear();
            order.Clear();
        }
    }

    private bool TryTake(string jkt, out ECDsa? key)
    {
        lock (gate)
        {
            if (!entries.Remove(jkt, out var node))
            {
                key = null;
                return false;
            }

            order.Remove(node);
            key = node.Value.Key;
            return true;
        }
    }

    private void GiveBack(string jkt, ECDsa? key)
    {
        lock (gate)
        {
            // Remembered anew by another request of the device meanwhile.
            if (entries.Remove(jkt, out var other))
            {
                order.Remove(other);
                other.Value.Key?.Dispose();
            }

            Add(new Entry(jkt, key));
        }
    }

    private void Add(Entry entry)
    {
        entries.Add(entry.Jkt, order.AddLast(entry));
        if (entries.Count > most)
        {
            var oldest = order.First!;
            order.Remove(oldest);
            entries.Remove(oldest.Value.Jkt);
            oldest.Value.Key?.Dispose();
        }
    }

    /// <param name="Jkt">Its thumbprint.</param>
    /// <param name="Key">Null until the device's next request.</param>
    private readonly record struct Entry(string Jkt, ECDsa? Key);
}
