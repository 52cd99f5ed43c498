using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Contracts.Phone;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;
using Microsoft.Playwright;

namespace Bzt.Tests.Browser;

/// <summary>
/// Moves a headless phone into a browser: its device key, its login, its shares, as the app itself would have left them. Journeys begin where
/// they begin to differ. From then on the share lives in the browser alone: who goes on using it headless would look like a copied phone.
/// </summary>
internal static class PreparedPhone
{
    /// <summary>Logged in, real-name proven, and certified when its download is done.</summary>
    public static Task<PhoneBrowser> OpenAsync(CertifiedPhone phone, string place = "") =>
        OpenAsync(phone.System, phone.Phone, place, [(phone.Certificate, phone.Store)]);

    /// <summary>Logged in.</summary>
    /// <param name="system">A system that serves the app: <see cref="BrowserStage.SystemAsync"/>.</param>
    /// <param name="phone">Logged in.</param>
    /// <param name="place">Where the app opens.</param>
    /// <param name="shares">Certificates on the phone, and where their shares rest.</param>
    /// <param name="withCamera">In a browser of its own, which has a camera.</param>
    /// <param name="prepare">The page, before the app starts on it.</param>
    public static async Task<PhoneBrowser> OpenAsync(
        EmbeddedSystem system, TestPhone phone, string place = "", IReadOnlyList<(Guid Certificate, MemoryPhoneKeyStore Store)>? shares = null, bool withCamera = false,
        Func<IPage, Task>? prepare = null)
    {
        var trust = await ChannelTrust.FetchAsync(system.Gateway);
        var login = JsonSerializer.Serialize(new
        {
            phone.Login!.AccessToken, phone.Login.UserId, phone.Login.DeviceId, PhoneNumber = phone.Person.Phone, trust.ChannelRoot, trust.CertificateRoots,
        });
        var records = new JsonObject { ["login"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(login)) };
        foreach (var (certificate, store) in shares ?? [])
        {
            if (store[certificate.ToString("D")] is { } share)
            {
                records[$"key/{certificate:D}"] = Convert.ToBase64String(share);
            }
        }

        return await PhoneBrowser.OpenAsync(
            system,
            async page =>
            {
                await page.EvaluateAsync(Move, new { device = Convert.ToBase64String(phone.Key.ExportPkcs8()), records = records.ToJsonString() });
                await (prepare?.Invoke(page) ?? Task.CompletedTask);
            },
            place,
            withCamera);
    }

    // Records are written by the app's own module; the device key is the one thing that it makes itself.
    private const string Move = """
        async ({ device, records }) => {
          const octets = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
          const vault = await import('/app/js/keys.js');
          for (const [name, value] of Object.entries(JSON.parse(records))) await vault.write(name, octets(value));

          const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
          const open = await crypto.subtle.importKey('pkcs8', octets(device), algorithm, true, ['sign']);
          const { d, key_ops, ...point } = await crypto.subtle.exportKey('jwk', open);
          const pair = {
            privateKey: await crypto.subtle.importKey('pkcs8', octets(device), algorithm, false, ['sign']),
            publicKey: await crypto.subtle.importKey('jwk', point, algorithm, true, ['verify']),
          };
          const db = await new Promise((done, failed) => {
            const request = indexedDB.open('bzt', 1);
            request.onsuccess = () => done(request.result);
            request.onerror = () => failed(request.error);
          });
          await new Promise((done, failed) => {
            const transaction = db.transaction('keys', 'readwrite', { durability: 'strict' });
            transaction.objectStore('keys').put(pair, 'device');
            transaction.oncomplete = done;
            transaction.onabort = () => failed(transaction.error);
          });
          db.close();
        }
        """;
}
