using Bzt.Contracts.Platforms;
using Bzt.Grains;
using Bzt.Grains.Foundations;
using Bzt.Grains.Openings;
using Bzt.Grains.Sessions;
using Bzt.Protocol.Evidence;
using Bzt.Tests.Storage;

namespace Bzt.Tests.Openings;

/// <summary>What is kept of an opening, and what is signed of it: both are read for ever.</summary>
public sealed class StoredOpeningTests
{
    private static readonly DateTimeOffset At = new(2026, 12, 1, 1, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = new("019ab000-0000-7000-8000-000000000001");
    private static readonly Guid Later = new("019ab000-0000-7000-8000-000000000002");
    private static readonly PlatformId Platform = new("yichang-ggzy");
    private static readonly CreditCode Bidder = new("91420500MA00000018");
    private static readonly CreditCode Rival = new("91420500MA49ABCD28");

    private static CreateOpening Command => new(
        Platform, "P-1", "某道路工程", At, At.AddHours(1),
        [new("F-1", "投标文件", "宜昌测试有限公司", Bidder, new byte[32]), new("F-2", "投标文件（二标段）", "宜昌测试有限公司", Bidder, new byte[32]), new("F-3", "投标文件", "宜昌另一有限公司", Rival, new byte[32])]);

    /// <summary>The hash of a record is what verifiers of other makes compute: it never changes.</summary>
    [Fact]
    public void The_signed_bytes_are_those_of_the_first_release()
    {
        var record = new OpeningRecord(
            Id, "yichang-ggzy", "P-1", "某道路工程", At, At.AddHours(1), null, "F-1", "投标文件", new byte[32], "宜昌测试有限公司", Bidder.Value,
            [
                new OpeningEvent(OpeningEventKind.Asked, At, Id) { Reader = OpeningReader.PlatformServer },
                new OpeningEvent(OpeningEventKind.Answered, At.AddMinutes(1), Id) { Answer = OpeningAnswer.Released, SigningSerial = "0A" },
                new OpeningEvent(OpeningEventKind.Reported, At.AddMinutes(2), Id) { Reporter = OpeningReporter.Platform, Outcome = OpeningOutcome.WrongKey, Sections = [new("投标文件", OpeningOutcome.WrongKey)] },
            ],
            At.AddHours(1));
        Assert.Equal("54D8CFF36710FB5A50F6A18431F79ED1C5792D0A34C1FCB36895D0D4B407B0C8", Convert.ToHexString(record.Hash()));
        Assert.True(record.IsOver());
        Assert.False((record with { SignedAt = At.AddMinutes(59) }).IsOver());
        Assert.True((record with { SignedAt = At.AddMinutes(3), EndedAt = At.AddMinutes(3) }).IsOver());
        Assert.False((record with { Events = [record.Events[0]] }).IsOver());

        // One whose times moved, as of the release that let them.
        Assert.Equal("4A2C106D698585AB0D41B93D381046104B31374A0ADB49B8223DA95CFC579E4D", Convert.ToHexString((record with { Changes = [Change1] }).Hash()));

        // Every member is under the signature.
        var hashes = new[]
        {
            record, record with { Opening = Later }, record with { PlatformId = "x" }, record with { ProjectId = "x" }, record with { ProjectName = "x" }, record with { OpensAt = At.AddSeconds(1) },
            record with { Deadline = At }, record with { EndedAt = At }, record with { FileId = "x" }, record with { FileName = "x" }, record with { FileDigest = [1] }, record with { BidderName = "x" },
            record with { BidderCreditCode = "x" }, record with { SignedAt = At }, record with { Events = [.. record.Events.Take(2)] }, record with { Events = [record.Events[1], record.Events[0], record.Events[2]] },
            Change(0, e => e with { Kind = OpeningEventKind.Answered }), Change(0, e => e with { At = At.AddMilliseconds(1) }), Change(0, e => e with { Session = Later }), Change(0, e => e with { Reader = OpeningReader.ThisPc }),
            Change(1, e => e with { Answer = OpeningAnswer.Refused }), Change(1, e => e with { SigningSerial = "0B" }), Change(2, e => e with { Reporter = OpeningReporter.Bidder }),
            record with { Changes = [Change1] }, record with { Changes = [Change1, Change1] }, record with { Changes = [Change1 with { At = At.AddSeconds(1) }] },
            record with { Changes = [Change1 with { FromOpensAt = At.AddSeconds(1) }] }, record with { Changes = [Change1 with { FromDeadline = At }] }, record with { Changes = [Change1 with { OpensAt = At.AddSeconds(1) }] },
            record with { Changes = [Change1 with { Deadline = At }] }, record with { Changes = [Change1 with { Reason = "x" }] },
            Change(2, e => e with { Outcome = OpeningOutcome.Opened }), Change(2, e => e with { Sections = [] }), Change(2, e => e with { Sections = [new("投标文件", OpeningOutcome.Altered)] }),
        };
        Assert.Equal(hashes.Length, hashes.Select(changed => Convert.ToHexString(changed.Hash())).Distinct().Count());

        OpeningRecord Change(int index, Func<OpeningEvent, OpeningEvent> change) => record with { Events = [.. record.Events.Select((e, i) => i == index ? change(e) : e)] };
    }

    private static OpeningChange Change1 => new(At, At, At.AddMinutes(30), At, At.AddHours(1), "网络故障");

    [Fact]
    public void Stored_opening()
    {
        var opening = new StoredOpening { Command = Command, EndedAt = At.AddMinutes(30) };
        GoldenState.Loads("opening-v1", opening);
        GoldenState.Verify("opening-v1-moved", Assert.IsType<Done<StoredOpening>>(OpeningRules.Move(
            opening with { EndedAt = null }, new ChangeOpening(Id, Platform, null, At.AddHours(2), "网络故障"), At.AddMinutes(10))).Value with { EndedAt = At.AddMinutes(30) });
    }

    [Fact]
    public void Stored_file() => GoldenState.Verify("opening-file-v1", new StoredOpeningFile
    {
        Events =
        [
            new(OpeningEventKind.Asked, At, new SessionId(Id), OpeningReader.PlatformServer, null, null, null, null, []),
            new(OpeningEventKind.Answered, At, new SessionId(Id), null, OpeningAnswer.Released, "0A", null, null, []),
            new(OpeningEventKind.Reported, At, new SessionId(Id), null, null, null, OpeningReporter.Platform, OpeningOutcome.WrongKey, [new ReportedSection("投标文件", OpeningOutcome.WrongKey)]),
        ],
        Open = [new OpenOpeningSession(new SessionId(Later), At.AddMinutes(5))],
    });

    /// <summary>A session that is a part of an opening, with a key of the past among its wrapped keys.</summary>
    [Fact]
    public void Stored_session()
    {
        var opening = new SessionOpening(new OpeningId(Id), ["F-1", "F-2"]);
        GoldenState.Verify("qr-session-v1-opening", new QrSessionState
        {
            Command = new CreateSession(
                new SessionRequester(Platform, null), SessionKind.Decrypt, null, null, null, new SessionProject("P-1", "某道路工程", At), [],
                new SessionDecryption([4], DecryptionRecipient.PlatformServer, "0B", [new SessionWrappedKey("唱标信息", [1]) { EncryptionSerial = "0A" }]), 300)
            {
                Opening = opening,
            },
            Token = "token",
            ProtectedSecret = [3],
            CreatedAt = At,
            ExpiresAt = At.AddMinutes(5),
            End = SessionEnd.Refused,
            EndedAt = At.AddMinutes(1),
            OpeningBidder = Bidder,
            Outbox = Outbox.Empty
                .AddAsked(opening, new OpeningAsked(new SessionId(Later), At, DecryptionRecipient.PlatformServer, At.AddMinutes(5)))
                .AddAnswered(opening, new OpeningAnswered(new SessionId(Later), At.AddMinutes(1), OpeningAnswer.Refused, null)),
        });
    }
}
