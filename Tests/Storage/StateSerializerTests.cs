using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bzt.Grains.Foundations;
using Bzt.Silo.Storage;

namespace Bzt.Tests.Storage;

public sealed class StateSerializerTests
{
    [Fact]
    public void The_stored_form_is_what_the_golden_file_says() => GoldenState.Verify("sample-v2", Sample());

    [Fact]
    public void The_form_of_an_older_release_loads_through_its_upcaster() => GoldenState.Loads("sample-v1", Sample(), new SampleFromV1());

    [Fact]
    public void An_old_form_without_an_upcaster_is_refused()
    {
        var refused = Assert.Throws<InvalidDataException>(() => Deserialize("B\u0001\0{\"fullName\":\"a\"}"));
        Assert.Contains("upcasts", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_form_of_a_newer_release_is_refused()
    {
        var refused = Assert.Throws<InvalidDataException>(() => Deserialize("B\u0003\0{}"));
        Assert.Contains("newer", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A member dropped silently would be gone with the next write.</summary>
    [Fact]
    public void A_member_this_release_does_not_know_is_refused() =>
        Assert.Throws<JsonException>(() => Deserialize("B\u0002\0{\"name\":\"a\",\"pendingShare\":\"AA==\"}"));

    [Theory]
    [InlineData("")]
    [InlineData("B\u0002\0")]
    [InlineData("{\"name\":\"a\"}")]
    public void What_is_not_ours_is_refused(string stored) => Assert.Throws<InvalidDataException>(() => Deserialize(stored));

    [Fact]
    public void The_flag_says_whether_the_outbox_is_empty()
    {
        var serializer = new StateSerializer([]);
        var empty = new LedgerState();
        var pending = empty with { Outbox = empty.Outbox.Add("kind", "target", 1) };
        Assert.Equal(0, serializer.Serialize(empty).ToArray()[2]);
        Assert.Equal(StateSerializer.OutboxFlag, serializer.Serialize(pending).ToArray()[2]);
        Assert.Equal(0, serializer.Serialize(pending with { Outbox = pending.Outbox.Trim(1) }).ToArray()[2]);
    }

    [Fact]
    public void Trimming_keeps_the_sequence()
    {
        var outbox = Outbox.Empty.Add("a", "x", 1).Add("a", "x", 2).Trim(2);
        Assert.True(outbox.IsEmpty);
        Assert.Equal(3, outbox.Add("a", "x", 3).Items.Single().Sequence);
    }

    private static SampleState? Deserialize(string stored) =>
        new StateSerializer([]).Deserialize<SampleState>(new BinaryData(Encoding.UTF8.GetBytes(stored)));

    private static SampleState Sample() => new()
    {
        Name = "宜昌数字认证中心",
        Phase = SamplePhase.InUse,
        Since = new DateTimeOffset(2026, 11, 25, 1, 2, 3, TimeSpan.Zero),
        Secret = [1, 2, 3],
        Tags = ["a", "b"],
        Outbox = Outbox.Empty.Add("projection", "certificate", new { Serial = "0A" }).Add("message", "user", "你好"),
    };

    private enum SamplePhase
    {
        New,
        InUse,
    }

    [StateVersion(2)]
    private sealed record SampleState : IHasOutbox<SampleState>
    {
        public required string Name { get; init; }

        public SamplePhase Phase { get; init; }

        public DateTimeOffset? Since { get; init; }

        public byte[] Secret { get; init; } = [];

        public ImmutableArray<string> Tags { get; init; } = [];

        public Outbox Outbox { get; init; } = Outbox.Empty;

        public SampleState WithOutbox(Outbox outbox) => this with { Outbox = outbox };
    }

    /// <summary>Version 1 called the name fullName and had one tag.</summary>
    private sealed class SampleFromV1 : IStateUpcaster
    {
        public Type State => typeof(SampleState);

        public byte From => 1;

        public JsonObject Upcast(JsonObject state)
        {
            state["name"] = state["fullName"]!.DeepClone();
            state["tags"] = new JsonArray([.. state["tag"]!.GetValue<string>().Split(',').Select(tag => JsonValue.Create(tag))]);
            state.Remove("fullName");
            state.Remove("tag");
            return state;
        }
    }
}
