using Bzt.Grains.Providers.BankCards;
using Bzt.Grains.Providers.Faces;
using Bzt.Grains.Providers.Invoices;
using Bzt.Grains.Providers.Licences;
using Bzt.Grains.Providers.Payments;
using Bzt.Grains.Providers.RealNames;
using Bzt.Grains.Providers.Remittances;
using Bzt.Grains.Providers.Sms;
using Bzt.Grains.Providers.WeChat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Bzt.Grains.Providers;

public static class ProviderServices
{
    /// <summary>The outside services, configured by section <c>Providers</c>; a missing or unsafe setting refuses to start.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);

        services.AddOptions<SmsOptions>().BindConfiguration(SmsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddProviderClient(AliyunSmsSender.HttpClientName);
        services.AddSingleton<ISmsSender>(provider => provider.GetRequiredService<IOptions<SmsOptions>>().Value.Vendor switch
        {
            SmsVendor.Tencent => ActivatorUtilities.CreateInstance<TencentSmsSender>(provider),
            _ => ActivatorUtilities.CreateInstance<AliyunSmsSender>(provider),
        });

        services.AddOptions<WeChatOptions>().BindConfiguration(WeChatOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddProviderClient(WeChatOpenPlatform.HttpClientName);
        services.AddSingleton<IWeChatLogin, WeChatOpenPlatform>();

        services.AddOptions<BankCardOptions>().BindConfiguration(BankCardOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddProviderClient(HmacBankCardVerifier.HttpClientName);
        services.AddSingleton<IBankCardVerifier, HmacBankCardVerifier>();

        services.AddOptions<RemittanceOptions>().BindConfiguration(RemittanceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddProviderClient(BankRemittances.HttpClientName);
        services.AddSingleton<IRemittances, BankRemittances>();

        services.AddOptions<AlipayOptions>().BindConfiguration(AlipayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddProviderClient(AlipayGateway.HttpClientName);
        services.AddSingleton<AlipayGateway>();
        services.AddSingleton<IPaymentProvider, AlipayPayment>();
        services.AddSingleton<IHostedIdentityCheck, AlipayCertification>();

        services.AddOptions<FaceOptions>().BindConfiguration(FaceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddProviderClient(HmacFaceCheck.HttpClientName);
        services.AddSingleton<IHostedIdentityCheck, HmacFaceCheck>();

        services.AddOptions<InvoiceOptions>().BindConfiguration(InvoiceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddProviderClient(HmacInvoiceIssuer.HttpClientName);
        services.AddSingleton<IInvoiceIssuer, HmacInvoiceIssuer>();

        services.AddOptions<LicenceReaderOptions>().BindConfiguration(LicenceReaderOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddProviderClient(HmacLicenceReader.HttpClientName);
        services.AddSingleton<ILicenceReader, HmacLicenceReader>();

        services.AddOptions<WeChatPayOptions>().BindConfiguration(WeChatPayOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddProviderClient(WeChatPayment.HttpClientName);
        services.AddSingleton<IPaymentProvider, WeChatPayment>();
        return services;
    }

    // Deadlines are the adapters', by their options. Redirects would carry signed requests elsewhere; addresses hold phone numbers and
    // codes, so the clients' own request logs are off.
    static void AddProviderClient(this IServiceCollection services, string name) => services
        .AddHttpClient(name, client => client.Timeout = Timeout.InfiniteTimeSpan)
        .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        .RemoveAllLoggers();
}
