using Bzt.Contracts;
using Bzt.Contracts.Phone;
using Bzt.Grains;
using Bzt.Grains.Accounts;
using Bzt.Simulators;
using Bzt.Simulators.BankCards;
using Bzt.Simulators.Faces;
using Bzt.Tests.Applications;
using Bzt.Tests.Embedded;
using RealNameWay = Bzt.Contracts.Phone.RealNameWay;


namespace Bzt.Tests.Accounts;

[Trait("Feature", "M016"), Trait("Surface", "api")]
public sealed class AlipayRealNameTests(RealNameSystem one) : RealNamePageTests(one), IClassFixture<RealNameSystem>
{
    protected override RealNameWay Way => RealNameWay.Alipay;

    protected override string Provider => "alipay-certify";

    protected override Task<Uri> PassAsync(EmbeddedSystem system, Uri page) => system.Simulators.CertifyAsync(page);

    protected override Task<Uri> FailAsync(EmbeddedSystem system, Uri page) => system.Simulators.CertifyAsync(page, "refuse");
}

[Trait("Feature", "M015"), Trait("Surface", "api")]
public sealed class FaceRealNameTests(RealNameSystem one) : RealNamePageTests(one), IClassFixture<RealNameSystem>
{
    protected override RealNameWay Way => RealNameWay.Face;

    protected override string Provider => "face";

    protected override Task<Uri> PassAsync(EmbeddedSystem system, Uri page) => system.Simulators.ShowFaceAsync(page);

    protected override Task<Uri> FailAsync(EmbeddedSystem system, Uri page) => system.Simulators.ShowFaceAsync(page, FaceAct.Stranger);

    [Theory]
    [InlineData(FaceAct.Photograph, ErrorCodes.RealNameNotPassed)]
    [InlineData(FaceAct.Cancel, ErrorCodes.RealNameCancelled)]
    public async Task What_happens_before_the_camera_is_told(FaceAct act, string code)
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var operation = Guid.NewGuid();
        await system.Simulators.ShowFaceAsync(new Uri((await BeginAsync(client, operation)).PageUrl!), act);
        Assert.Equal(code, (await client.CheckAsync(operation)).Code);
    }

    [Fact]
    public async Task A_face_needs_a_consent_of_its_own_and_one_withdrawn_in_the_middle_ends_it()
    {
        var system = System;
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        var request = new PageRealNameRequest(Guid.NewGuid(), phone.Person.Name, phone.Person.IdNumber);
        Assert.Equal(ErrorCodes.ConsentRequired, await Refused(() => client.BeginAsync(Way, request)));
        await client.ConsentAsync();
        var back = await PassAsync(system, new Uri((await client.BeginAsync(Way, request)).PageUrl!));

        await client.WithdrawConsentAsync();
        var ended = await client.ReturnAsync(request.OperationId, StateOf(back));
        Assert.Equal((RealNameProgress.Refused, ErrorCodes.ConsentRequired), (ended.Progress, ended.Code));
        await client.ConsentAsync();
        Assert.Equal(ended, await client.CheckAsync(request.OperationId));
        Assert.Null((await phone.MeAsync()).RealName);
    }

    [Fact]
    public async Task Without_a_provider_the_way_is_not_open_and_the_others_are()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            foreach (var setting in new[] { "Endpoint", "AppId", "Secret" })
            {
                builder.Configuration[$"Providers:Face:{setting}"] = null;
            }
        });
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        Assert.Equal([RealNameWay.BankCard, RealNameWay.Alipay], (await client.WaysAsync()).Ways);
        Assert.Equal(ErrorCodes.RealNameWayClosed, await Refused(() => BeginAsync(client, Guid.NewGuid())));
        await phone.ProveRealNameAsync();
    }

    [Fact]
    [Trait("Feature", "M016"), Trait("Feature", "M017")]
    public async Task Each_way_is_open_or_closed_by_configuration_alone()
    {
        await using var system = await EmbeddedSystem.StartAsync(builder =>
        {
            builder.Configuration["Providers:BankCard:Offered"] = "false";
            builder.Configuration["Providers:Alipay:RealName"] = "false";
        });
        using var phone = await system.LoggedInPhoneAsync();
        var client = new ClientOf(phone);
        Assert.Equal([RealNameWay.Face], (await client.WaysAsync()).Ways);
        Assert.Equal(ErrorCodes.RealNameWayClosed, await Refused(() => phone.ProveRealNameAsync()));
        Assert.Equal(ErrorCodes.RealNameWayClosed, await Refused(() => client.BeginAsync(RealNameWay.Alipay, new PageRealNameRequest(Guid.NewGuid(), phone.Person.Name, phone.Person.IdNumber))));
        Assert.Equal(RealNameProgress.Waiting, (await BeginAsync(client, Guid.NewGuid())).Progress);
    }
}
