using System.Collections.Concurrent;
using Bzt.Grains;
using Bzt.Grains.Applications;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Foundations;
using Bzt.Tests.Applications;
using Bzt.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Bzt.Tests.CaVendors;

/// <summary>
/// A CA vendor that does what a test says: each call meets the next line of the script, and when the script is at its end, an honest
/// vendor's record. A protocol like any other: CAs are given to it by configuration.
/// </summary>
internal sealed class ScriptedVendor : ICaVendorProtocol, ICaVendor
{
    private readonly ConcurrentQueue<Func<Task>> script = new();
    private readonly ConcurrentDictionary<string, CaReview> reviews = new();

    public string Name => "scripted";

    /// <summary>What arrived, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Everything the vendor has ever been told to be submitted.</summary>
    public ICollection<string> Numbers => reviews.Keys;

    public ConcurrentDictionary<string, RevocationReason> Revoked { get; } = new();

    public ICaVendor Open(CaId ca, IConfigurationSection section) => this;

    public void Next(Func<Task> line) => script.Enqueue(line);

    /// <summary>Takes the call and never answers.</summary>
    public void NextIsNeverAnswered(int calls = 1)
    {
        for (var i = 0; i < calls; i++)
        {
            Next(() => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken));
        }
    }

    public void NextIsGarbage() => Next(() => Task.FromException(new System.Text.Json.JsonException("<html>")));

    public void Decide(string number, CaReview review) => reviews[number] = review;

    public async Task<CaSubmission> SubmitAsync(CaApplication application, CancellationToken cancellation)
    {
        Calls.Enqueue($"submit {application.Number}");

        // It has it before anything can go wrong with the answer: the worst case for whoever asks.
        reviews.TryAdd(application.Number, new CaReview.Pending());
        await Play(cancellation);
        return new CaSubmission.Ok();
    }

    public async Task<CaReview> ReviewAsync(string applicationNumber, CancellationToken cancellation)
    {
        Calls.Enqueue($"review {applicationNumber}");
        await Play(cancellation);
        return reviews.TryGetValue(applicationNumber, out var review) ? review : new CaReview.Refused(CaRefusal.Unknown);
    }

    public async Task<CaIssuance> IssueAsync(string applicationNumber, byte[] certificationRequest, CancellationToken cancellation)
    {
        Calls.Enqueue($"issue {applicationNumber}");
        await Play(cancellation);
        return new CaIssuance.Pending();
    }

    public Task<CaKeyRecovery> RecoverKeysAsync(string applicationNumber, CancellationToken cancellation) =>
        Task.FromResult<CaKeyRecovery>(new CaKeyRecovery.Refused(CaRefusal.Unknown));

    public async Task<CaRevocation> RevokeAsync(string signingSerialNumber, RevocationReason reason, CancellationToken cancellation)
    {
        Calls.Enqueue($"revoke {signingSerialNumber}");
        await Play(cancellation);
        return signingSerialNumber == "FF" ? new CaRevocation.Refused(CaRefusal.Unknown)
            : Revoked.TryAdd(signingSerialNumber, reason) ? new CaRevocation.Ok(Moment) : new CaRevocation.Ok(Moment);
    }

    public static DateTimeOffset Moment { get; } = new(2026, 11, 25, 2, 0, 0, TimeSpan.Zero);

    public void Forget(string number) => reviews.TryRemove(number, out _);

    private Task Play(CancellationToken cancellation) => script.TryDequeue(out var line) ? line().WaitAsync(cancellation) : Task.CompletedTask;
}

/// <summary>A silo with scripted vendors behind some CAs, and what applications are told.</summary>
internal sealed class VendorBench : IAsyncDisposable, IIncomingGrainCallFilter, IOutboxHandler
{
    private TestSilo silo = null!;

    public TestSilo Silo => silo;

    public ScriptedVendor Vendor { get; } = new();

    /// <summary>Application, and the reason it was rejected for.</summary>
    public ConcurrentQueue<ApplicationReviewed> Told { get; } = new();

    public ConcurrentQueue<CaRevocationOutcome> Outcomes { get; } = new();

    string IOutboxHandler.Kind => "tests/revoked";

    public static async Task<VendorBench> StartAsync(params string[] cas)
    {
        var bench = new VendorBench();
        bench.silo = await TestSilo.StartAsync(builder =>
        {
            builder.Services.AddSingleton<ICaVendorProtocol>(bench.Vendor);
            builder.Services.AddSingleton<IIncomingGrainCallFilter>(bench);
            builder.Services.AddSingleton<IOutboxHandler>(bench);
            foreach (var ca in cas)
            {
                builder.Configuration[$"CaVendors:{ca}:Protocol"] = "scripted";
            }
        });
        return bench;
    }

    public ICaAdapterGrain Ca(string id) => silo.Grains.CaAdapter(new CaId(id));

    public static CaSubmissionOrder Order(string number) => new(
        EmbeddedCaBench.Application(number), new Bzt.Grains.ApplicationId(Guid.CreateVersion7()), new CaApplicationFile("平台", 1, new UserId(Guid.NewGuid()), "张*", "138****0000", "l", "f"));

    /// <summary>Lets time pass until it is so.</summary>
    public Task<bool> UntilAsync(Func<bool> isSo, TimeSpan? step = null) => Wait.UntilAsync(
        () =>
        {
            var so = isSo();
            if (!so)
            {
                silo.Clock.Advance(step ?? TimeSpan.FromSeconds(1));
            }

            return Task.FromResult(so);
        },
        so => so);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        if (context.InterfaceMethod.DeclaringType == typeof(IApplicationGrain) && context.Request.GetArgumentCount() == 1 && context.Request.GetArgument(0) is ApplicationReviewed review)
        {
            Told.Enqueue(review);
        }
    }

    Task IOutboxHandler.DeliverAsync(OutboxDelivery delivery, CancellationToken cancellation)
    {
        Outcomes.Enqueue(delivery.Item.Read<CaRevocationOutcome>());
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => silo.DisposeAsync();
}
