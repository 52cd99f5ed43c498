using System.Net.Http.Headers;
using System.Security.Cryptography;
using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol;
using Bzt.Protocol.Arithmetic;
using Bzt.Protocol.Primitives;
using Bzt.Tests.Certificates;
using Bzt.Tests.Embedded;

namespace Bzt.Tests.BadInput;

/// <summary>The sealed channel and the sessions, sent what nobody honest sends. Nothing is counted, released or changed by it.</summary>
public sealed class ConfirmationInputTests
{
    private static readonly ProjectInfo Project = new("P-1", "某道路工程", DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public async Task A_session_that_has_expired_gets_nothing()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var opened = await platform.OpenAsync(Login());
        var scanned = await phone.Client.ScanAsync(opened.Link());
        using var request = await phone.OpenAsync(scanned);
        var before = (await phone.Client.GetEvidenceAsync(phone.Certificate)).Entries.Count;
        system.Clock.Advance(TimeSpan.FromSeconds(301));

        // Confirmed too late, with the right PIN and with a wrong one: neither a signature nor a word about the PIN.
        Assert.IsType<PinOutcome.Ended>(await phone.Client.ConfirmAsync(request, CertifiedPhone.Pin));
        Assert.Equal(5, (await phone.Client.GetCertificateAsync(phone.Certificate)).TriesLeft);
        Assert.Equal(ErrorCodes.SessionExpired, (await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Client.ScanAsync(opened.Link()))).Code);
        Assert.Equal(ErrorCodes.SessionExpired, (await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Client.OpenRequestAsync(scanned, phone.Certificate))).Code);
        Assert.Equal(ErrorCodes.SessionExpired, (await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Client.RefuseAsync(opened.SessionId))).Code);
        var status = await platform.GetAsync(opened.SessionId);
        Assert.Equal((SessionState.Completed, SessionEnd.TimedOut, null), (status.State, status.End, status.Result));
        Assert.Equal(before, (await phone.Client.GetEvidenceAsync(phone.Certificate)).Entries.Count);
    }

    [Fact]
    public async Task A_replayed_confirmation_gets_its_own_answer_again_and_after_a_restart_none()
    {
        await using var system = await EmbeddedSystem.StartAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var tap = new Wiretap();
        var client = await TappedAsync(system, phone, tap);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);

        // A wrong try, heard on the wire and sent ten times more: it counts once.
        var (opened, scanned) = await ScanAsync(platform, client);
        using (var request = await OpenAsync(client, phone, scanned))
        {
            Assert.IsType<PinOutcome.WrongPin>(await client.ConfirmAsync(request, CertifiedPhone.WrongPin));
        }

        var confirmation = tap.Exchanges[^1];
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(confirmation.Answer, await phone.Phone.Http.PostOctetsAsync(ExchangeOf(phone), confirmation.Message));
        }

        Assert.Equal(4, (await client.GetCertificateAsync(phone.Certificate)).TriesLeft);

        // The right one, replayed: the very same answer, one signature, one record.
        using (var request = await OpenAsync(client, phone, scanned))
        {
            Assert.IsType<PinOutcome.Done>(await client.ConfirmAsync(request, CertifiedPhone.Pin));
        }

        var released = await platform.WaitAsync(opened.SessionId);
        confirmation = tap.Exchanges[^1];
        var entries = (await client.GetEvidenceAsync(phone.Certificate)).Entries.Count;
        Assert.Equal(confirmation.Answer, await phone.Phone.Http.PostOctetsAsync(ExchangeOf(phone), confirmation.Message));

        // Every other message of the phone's, replayed after a restart: the channels are gone, an opening opens a round and changes nothing.
        await system.RestartAsync();
        await phone.ReconnectAsync();
        phone.Phone.Reconnect();
        foreach (var (message, _) in tap.Exchanges)
        {
            try
            {
                await phone.Phone.Http.PostOctetsAsync(ExchangeOf(phone), message);
            }
            catch (ApiRefusedException refused)
            {
                Assert.Contains(refused.Code, (string[])[ErrorCodes.ChannelRejected, ErrorCodes.SessionEnded, ErrorCodes.NotFound]);
            }
        }

        Assert.Equal(ErrorCodes.ChannelRejected, (await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Phone.Http.PostOctetsAsync(ExchangeOf(phone), confirmation.Message))).Code);
        Assert.Equal(entries, (await phone.Client.GetEvidenceAsync(phone.Certificate)).Entries.Count);
        Assert.Equal(5, (await phone.Client.GetCertificateAsync(phone.Certificate)).TriesLeft);
        var again = await (await phone.PlatformAsync()).GetAsync(opened.SessionId);
        Assert.Equal(released.Result!.Signatures[0].Signature, again.Result!.Signatures[0].Signature);
    }

    [Fact]
    public async Task Octets_that_are_not_the_phones_own_are_rejected_and_change_nothing()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var tap = new Wiretap();
        var client = await TappedAsync(system, phone, tap);
        var (_, scanned) = await ScanAsync(await phone.PlatformAsync(), client, phone);
        using var request = await OpenAsync(client, phone, scanned);
        var hello = tap.Exchanges[^1].Message;
        var record = phone.Store[phone.Certificate.ToString("D")];
        var entries = (await client.GetEvidenceAsync(phone.Certificate)).Entries.Count;
        List<byte[]> bad = [[], [0], [255], RandomNumberGenerator.GetBytes(100), RandomNumberGenerator.GetBytes(200_000), hello[..^1], [.. hello, 0]];

        // The phone's ephemeral point, off the curve and at infinity's place.
        var place = Enumerable.Range(0, hello.Length - 65).Single(i => hello[i] == 4 && Point.TryDecode(hello.AsSpan(i, 65), out _));
        bad.Add(With(hello, bytes => bytes[place + 64] ^= 1));
        bad.Add(With(hello, bytes => bytes.AsSpan(place + 1, 64).Clear()));
        bad.Add(With(hello, bytes => bytes.AsSpan(place, 65).Clear()));

        // And a change anywhere else.
        bad.AddRange(Enumerable.Range(0, hello.Length / 5).Select(i => With(hello, bytes => bytes[i * 5] ^= 0x10)));
        foreach (var message in bad)
        {
            var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Phone.Http.PostOctetsAsync(ExchangeOf(phone), message));
            Assert.Contains(refused.Code, (string[])[ErrorCodes.ChannelRejected, ErrorCodes.InvalidRequest]);
        }

        Assert.Equal(entries, (await client.GetEvidenceAsync(phone.Certificate)).Entries.Count);
        Assert.Equal((5, CertificateState.Active), await StateAsync(client, phone));
        Assert.Equal(record, phone.Store[phone.Certificate.ToString("D")]);

        // The open round is untouched by all that.
        Assert.IsType<PinOutcome.Done>(await client.ConfirmAsync(request, CertifiedPhone.Pin));
    }

    [Theory]
    [InlineData("tool key off the curve")]
    [InlineData("tool key short")]
    [InlineData("ciphertext garbage")]
    [InlineData("ciphertext point off the curve")]
    [InlineData("no keys")]
    [InlineData("serial of nobody")]
    public async Task Wrapped_keys_that_do_not_decode_never_reach_a_phone(string fault)
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        await phone.BindAsync(platform);
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        var point = Sm2Group.MultiplyBase(Scalar.One).Encode();
        var wrapped = Sm2Ciphertext.Encrypt(Sm2Group.MultiplyBase(Scalar.One), new byte[16], SystemRandom.Instance).ToRaw();
        var request = new DecryptionRequest(point, DecryptionRecipient.ThisPc, info.EncryptionSerial!, [new WrappedKey("投标文件", wrapped)]);
        request = fault switch
        {
            "tool key off the curve" => request with { ToolKey = With(point, bytes => bytes[64] ^= 1) },
            "tool key short" => request with { ToolKey = point[..64] },
            "ciphertext garbage" => request with { Keys = [new WrappedKey("投标文件", RandomNumberGenerator.GetBytes(100))] },
            "ciphertext point off the curve" => request with { Keys = [new WrappedKey("投标文件", With(wrapped, bytes => bytes[64] ^= 1))] },
            "no keys" => request with { Keys = [] },
            _ => request with { EncryptionSerial = "0A" },
        };
        if (fault == "serial of nobody")
        {
            // Only the phone's certificate tells that.
            var opened = await platform.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = Project, Decryption = request });
            var binding = DecryptionTasks.Create(request, CertifiedPhone.PlatformId, Project)!.Binding;
            var scanned = await phone.Client.ScanAsync(opened.Link(System.Buffers.Text.Base64Url.EncodeToString(binding)));
            Assert.Equal(ErrorCodes.CertificateNotEligible, (await Assert.ThrowsAsync<ApiRefusedException>(() => phone.Client.OpenRequestAsync(scanned, phone.Certificate))).Code);
            return;
        }

        var refused = await Assert.ThrowsAsync<ApiRefusedException>(() => platform.OpenAsync(new CreateSessionRequest(SessionKind.Decrypt) { Project = Project, Decryption = request }));
        Assert.Contains(refused.Code, (string[])[ErrorCodes.InvalidRequest, ErrorCodes.DocumentRefused]);
    }

    [Fact]
    public async Task As_many_wrapped_keys_as_are_allowed_fit_into_a_request_and_one_more_does_not()
    {
        var system = await EmbeddedSystem.SharedAsync();
        using var phone = await CertifiedPhone.ActiveAsync(system);
        var platform = await phone.PlatformAsync();
        var info = await phone.Client.GetCertificateAsync(phone.Certificate);
        var wrapped = Sm2Ciphertext.Encrypt(Sm2Group.MultiplyBase(Scalar.One), new byte[16], SystemRandom.Instance).ToDer();
        var key = new WrappedKey(new string('标', 100), wrapped);
        CreateSessionRequest Of(int count) => new(SessionKind.Decrypt)
        {
            Project = Project,
            Decryption = new DecryptionRequest(Sm2Group.MultiplyBase(Scalar.One).Encode(), DecryptionRecipient.ThisPc, info.EncryptionSerial!, [.. Enumerable.Repeat(key, count)]),
        };
        Assert.NotEqual(Guid.Empty, (await platform.OpenAsync(Of(500))).SessionId);
        Assert.Equal(ErrorCodes.InvalidRequest, (await Assert.ThrowsAsync<ApiRefusedException>(() => platform.OpenAsync(Of(501)))).Code);
    }

    private static CreateSessionRequest Login() => new(SessionKind.Login) { Challenge = RandomNumberGenerator.GetBytes(32) };

    private static async Task<(int, CertificateState)> StateAsync(PhoneClient client, CertifiedPhone phone)
    {
        var info = await client.GetCertificateAsync(phone.Certificate);
        return (info.TriesLeft, info.State);
    }

    private static string ExchangeOf(CertifiedPhone phone) => Routes.Phone.Exchange.Replace("{certificateId}", phone.Certificate.ToString(), StringComparison.Ordinal);

    private static byte[] With(byte[] bytes, Action<byte[]> change)
    {
        var changed = (byte[])bytes.Clone();
        change(changed);
        return changed;
    }

    private static async Task<(OpenedSession, ScannedSession)> ScanAsync(PlatformClient platform, PhoneClient client, CertifiedPhone? toBind = null)
    {
        var opened = await platform.OpenAsync(toBind is null ? Login() : Login() with { Kind = SessionKind.Bind, Enterprise = toBind.Enterprise });
        return (opened, await client.ScanAsync(opened.Link()));
    }

    private static async Task<OpenedRequest> OpenAsync(PhoneClient client, CertifiedPhone phone, ScannedSession scanned) =>
        Assert.IsType<RequestOpening.Opened>(await client.OpenRequestAsync(scanned, phone.Certificate)).Request;

    private static async Task<PhoneClient> TappedAsync(EmbeddedSystem system, CertifiedPhone phone, Wiretap tap) => new(
        new HttpClient(tap) { BaseAddress = system.Address }, phone.Phone.Key, phone.Store, new DotNetPinStretcher(), await ChannelTrust.FetchAsync(system.Gateway), system.Clock, SystemRandom.Instance)
    {
        StretchRounds = 10,
        Login = phone.Client.Login,
    };

    /// <summary>Keeps what passes through the channel: what a gateway sees.</summary>
    private sealed class Wiretap() : DelegatingHandler(new HttpClientHandler())
    {
        public List<(byte[] Message, byte[] Answer)> Exchanges { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!request.RequestUri!.AbsolutePath.EndsWith("/exchange", StringComparison.Ordinal))
            {
                return await base.SendAsync(request, cancellationToken);
            }

            var message = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            var response = await base.SendAsync(request, cancellationToken);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            Exchanges.Add((message, answer));
            response.Content = new ByteArrayContent(answer) { Headers = { ContentType = response.Content.Headers.ContentType ?? new MediaTypeHeaderValue("application/octet-stream") } };
            return response;
        }
    }
}
