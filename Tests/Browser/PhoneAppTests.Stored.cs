using System.Text;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Phone;
using Bzt.Protocol.Primitives;
using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

// What rests in the browser when the journey is over.
public sealed partial class PhoneAppTests
{
    /// <summary>Names of stored things that are not sealed: keys that could be exported, records that are more than ciphertext.</summary>
    private static Task<string[]> StoredInClearAsync(IPage page) => page.EvaluateAsync<string[]>("""
        async () => {
          const names = (await indexedDB.databases()).map(d => d.name).filter(name => name !== 'bzt').concat(Object.keys(localStorage).filter(name => !['text', 'theme'].includes(name)), Object.keys(sessionStorage));
          const db = await new Promise(done => { const r = indexedDB.open('bzt'); r.onsuccess = () => done(r.result); });
          const all = store => new Promise(done => { const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result); });
          const keys = (await all('keys')).flatMap(key => key.privateKey ? [key.privateKey] : [key]);
          const records = await all('records');
          if (keys.length !== 2 || records.length < 2) names.push(`${keys.length} keys, ${records.length} records`);
          return names.concat(keys.filter(key => key.extractable).map(key => `${key.algorithm.name} key`),
            records.filter(record => Object.keys(record).sort().join() !== 'data,iv').map(record => Object.keys(record).join()));
        }
        """);

    /// <summary>Whoever opens the sealed records all the same finds nothing that tells the right PIN from a wrong one: each PIN gives a share, and nothing to test it by.</summary>
    private static async Task TellsNoPinAsync(IPage page, IReadOnlyList<byte[]> signatures)
    {
        var records = await page.EvaluateAsync<Dictionary<string, string>>("""
            async () => {
              const vault = await import('/app/js/keys.js');
              const db = await new Promise(done => { const r = indexedDB.open('bzt'); r.onsuccess = () => done(r.result); });
              const names = await new Promise(done => { const r = db.transaction('records').objectStore('records').getAllKeys(); r.onsuccess = () => done(r.result); });
              return Object.fromEntries(await Promise.all(names.map(async name => [name, btoa(String.fromCharCode(...await vault.read(name)))])));
            }
            """);
        var opened = records.ToDictionary(record => record.Key, record => Convert.FromBase64String(record.Value));
        var stored = Assert.Single(opened, record => record.Key.StartsWith("key/", StringComparison.Ordinal)).Value;
        Assert.True(PhoneKeyRecord.TryParse(stored, out var key));
        Assert.Equal(stored, key!.Encode());

        using var right = key.Stretch.Stretch(Pin);
        using var wrong = key.Stretch.Stretch(WrongPin);
        using var share = right.Unblind(key.BlindedShare);
        using var another = wrong.Unblind(key.BlindedShare);
        Assert.NotEqual(share.Value.Encode(), another.Value.Encode());
        byte[][] forbidden =
        [
            Encoding.ASCII.GetBytes(Pin), share.Value.Encode(), share.Value.Invert().Encode(),
            Sm2Group.MultiplyBase(share.Value).Encode()[1..33], Sm2Group.MultiplyBase(share.Value.Invert()).Encode()[1..33],
            .. signatures.Select(signature => signature[..32]), .. signatures.Select(signature => signature[32..]),
        ];
        Assert.Equal(5 + (2 * 2), forbidden.Length);
        Assert.All(opened, record => Assert.All(forbidden, secret => Assert.True(record.Value.AsSpan().IndexOf(secret) < 0, $"{record.Key} holds what tells the PIN.")));
    }
}
