using System.Globalization;
using Bzt.Grains.Accounts;
using Bzt.Grains.Applications;
using Bzt.Grains.Callbacks;
using Bzt.Grains.CaVendors;
using Bzt.Grains.Certificates;
using Bzt.Grains.Csc;
using Bzt.Grains.Enterprises;
using Bzt.Grains.Inbox;
using Bzt.Grains.Invoices;
using Bzt.Grains.OpenIdConnect;
using Bzt.Grains.Openings;
using Bzt.Grains.Platforms;
using Bzt.Grains.MockPhones;
using Bzt.Grains.Remittances;
using Bzt.Grains.Retention;
using Bzt.Grains.Sealing;
using Bzt.Grains.Seals;
using Bzt.Grains.Sessions;
using Bzt.Grains.Wallets;
using Bzt.Grains.WebPush;

namespace Bzt.Grains;

/// <summary>The one place that knows how a grain is addressed.</summary>
public static class GrainKeys
{
    public static ICertificateGrain Certificate(this IGrainFactory grains, CertificateId id) => grains.GetGrain<ICertificateGrain>(id.Value);

    public static ICertificatePinGrain CertificatePin(this IGrainFactory grains, CertificateId id) => grains.GetGrain<ICertificatePinGrain>(id.Value);

    public static IDevicePinsGrain DevicePins(this IGrainFactory grains, DeviceId device) => grains.GetGrain<IDevicePinsGrain>(device.Value);

    public static ISmsNoticeGrain SmsNotice(this IGrainFactory grains, UserId user) => grains.GetGrain<ISmsNoticeGrain>(user.Value);

    public static IEvidenceGrain Evidence(this IGrainFactory grains, CertificateId id, long page) =>
        grains.GetGrain<IEvidenceGrain>(EvidencePages.Key(id, page));

    public static IHolderGrain Holder(this IGrainFactory grains, UserId user) => grains.GetGrain<IHolderGrain>(user.Value);

    public static IExpirySweepGrain ExpirySweep(this IGrainFactory grains) => grains.GetGrain<IExpirySweepGrain>(0);

    public static IRetentionGrain Retention(this IGrainFactory grains) => grains.GetGrain<IRetentionGrain>(0);

    public static IEvidenceNotaryGrain EvidenceNotary(this IGrainFactory grains) => grains.GetGrain<IEvidenceNotaryGrain>(0);

    public static IEvidenceCheckpointGrain EvidenceCheckpoint(this IGrainFactory grains, long number) => grains.GetGrain<IEvidenceCheckpointGrain>(number);

    public static IClusterKeysGrain ClusterKeys(this IGrainFactory grains) => grains.GetGrain<IClusterKeysGrain>(0);

    public static ICertificateSealingGrain CertificateSealing(this IGrainFactory grains, CertificateId id) => grains.GetGrain<ICertificateSealingGrain>(id.Value);

    public static ISealingSessionGrain SealingSession(this IGrainFactory grains, SealingId id) => grains.GetGrain<ISealingSessionGrain>(id.Value);

    public static ISealingSessionIndexGrain SealingSessionsOf(this IGrainFactory grains, UserId user) => grains.GetGrain<ISealingSessionIndexGrain>($"user/{user}");

    public static ISealingSessionIndexGrain SealingSessionsOf(this IGrainFactory grains, CreditCode enterprise) =>
        grains.GetGrain<ISealingSessionIndexGrain>($"enterprise/{enterprise}");

    public static IOpeningGrain Opening(this IGrainFactory grains, OpeningId id) => grains.GetGrain<IOpeningGrain>(id.Value);

    public static IOpeningFileGrain OpeningFile(this IGrainFactory grains, OpeningId id, string file) => grains.GetGrain<IOpeningFileGrain>($"{id}/{file}");

    public static IQrSessionGrain QrSession(this IGrainFactory grains, SessionId id) => grains.GetGrain<IQrSessionGrain>(id.Value);

    /// <param name="grains">Where to look.</param>
    /// <param name="session">The confirmed scan it is of.</param>
    public static IOAuthGrantGrain OAuthGrant(this IGrainFactory grains, SessionId session) => grains.GetGrain<IOAuthGrantGrain>(session.Value);

    public static IOpenIdKeysGrain OpenIdKeys(this IGrainFactory grains) => grains.GetGrain<IOpenIdKeysGrain>(0);

    public static ISignatureActivationGrain SignatureActivation(this IGrainFactory grains, SessionId session) => grains.GetGrain<ISignatureActivationGrain>(session.Value);

    public static IPlatformGrain Platform(this IGrainFactory grains, PlatformId id) => grains.GetGrain<IPlatformGrain>(id.Value);

    /// <param name="grains">Where to look.</param>
    /// <param name="who">Whose minute: a platform, a visitor of it, a tool.</param>
    public static ISessionQuotaGrain SessionQuota(this IGrainFactory grains, string who) => grains.GetGrain<ISessionQuotaGrain>(who);

    public static IMockPhonesGrain MockPhones(this IGrainFactory grains) => grains.GetGrain<IMockPhonesGrain>(0);

    public static ISessionCallbackGrain SessionCallback(this IGrainFactory grains, Guid session) => grains.GetGrain<ISessionCallbackGrain>(session);

    public static ICallbackEndpointGrain CallbackEndpoint(this IGrainFactory grains, PlatformId platform) => grains.GetGrain<ICallbackEndpointGrain>(platform.Value);

    public static IApplicationGrain Application(this IGrainFactory grains, ApplicationId id) => grains.GetGrain<IApplicationGrain>(id.Value);

    public static IClaimantGrain Claimant(this IGrainFactory grains, CreditCode code, UserId user) => grains.GetGrain<IClaimantGrain>($"{code}/{user}");

    public static IOrderGrain Order(this IGrainFactory grains, OrderId id) => grains.GetGrain<IOrderGrain>(id.Value);

    public static IInvoiceBookGrain InvoiceBook(this IGrainFactory grains, UserId user) => grains.GetGrain<IInvoiceBookGrain>(user.Value);

    public static IWalletGrain Wallet(this IGrainFactory grains, UserId user) => grains.GetGrain<IWalletGrain>(user.Value);

    public static ILicenceGrain Licence(this IGrainFactory grains, UserId user) => grains.GetGrain<ILicenceGrain>(user.Value);

    /// <param name="grains">Where to look.</param>
    /// <param name="order">What was paid for.</param>
    /// <param name="tradeId">The provider's number of the payment.</param>
    public static IRefundGrain Refund(this IGrainFactory grains, OrderId order, string tradeId) => grains.GetGrain<IRefundGrain>($"{order.Value:N}/{tradeId}");

    public static IPaymentDeskGrain PaymentDesk(this IGrainFactory grains) => grains.GetGrain<IPaymentDeskGrain>(0);

    public static IRemittanceGrain Remittance(this IGrainFactory grains, Guid id) => grains.GetGrain<IRemittanceGrain>(id);

    public static IRemittanceDeskGrain RemittanceDesk(this IGrainFactory grains) => grains.GetGrain<IRemittanceDeskGrain>(0);

    public static ICatalogueGrain Catalogue(this IGrainFactory grains) => grains.GetGrain<ICatalogueGrain>(0);

    public static IEnterpriseGrain Enterprise(this IGrainFactory grains, CreditCode code) => grains.GetGrain<IEnterpriseGrain>(code.Value);

    /// <param name="grains">Where to look.</param>
    /// <param name="numberHash">As for <see cref="PhoneNumber"/>.</param>
    public static IInvitationBoxGrain InvitationBox(this IGrainFactory grains, string numberHash) => grains.GetGrain<IInvitationBoxGrain>(numberHash);

    public static IEnterpriseAuditGrain EnterpriseAudit(this IGrainFactory grains, CreditCode code, long page) =>
        grains.GetGrain<IEnterpriseAuditGrain>(string.Create(CultureInfo.InvariantCulture, $"{code}/{page}"));

    public static ISealSetGrain SealSet(this IGrainFactory grains, Guid id) => grains.GetGrain<ISealSetGrain>(id);

    public static IEnterpriseSealsGrain EnterpriseSeals(this IGrainFactory grains, CreditCode code) => grains.GetGrain<IEnterpriseSealsGrain>(code.Value);

    public static IPapersGrain Papers(this IGrainFactory grains) => grains.GetGrain<IPapersGrain>(0);

    public static ICaAdapterGrain CaAdapter(this IGrainFactory grains, CaId id) => grains.GetGrain<ICaAdapterGrain>(id.Value);

    public static ICaAuthorityGrain CaAuthority(this IGrainFactory grains, CaId id) => grains.GetGrain<ICaAuthorityGrain>(id.Value);

    public static ICaResponderGrain CaResponder(this IGrainFactory grains, CaId id) => grains.GetGrain<ICaResponderGrain>(id.Value);

    public static ITimeStampGrain TimeStamps(this IGrainFactory grains) => grains.GetGrain<ITimeStampGrain>(0);

    /// <param name="grains">Where to look.</param>
    /// <param name="sealId">SM3 over the seal's signature r‖s, hexadecimal.</param>
    /// <param name="owner">Whose seal it is: so that a stranger's statement about it is never found with it.</param>
    public static ISealWithdrawalGrain SealWithdrawal(this IGrainFactory grains, string sealId, string owner) => grains.GetGrain<ISealWithdrawalGrain>($"{sealId}/{owner}");

    public static ISealMakerGrain SealMaker(this IGrainFactory grains) => grains.GetGrain<ISealMakerGrain>(0);

    public static ICaHolderGrain CaHolder(this IGrainFactory grains, CaId id, string holder) => grains.GetGrain<ICaHolderGrain>($"{id}/{holder}");

    public static ICaClaimGrain CaClaim(this IGrainFactory grains, CaId id, string what, string value) => grains.GetGrain<ICaClaimGrain>($"{id}/{what}/{value}");

    public static ICaSerialGrain CaSerial(this IGrainFactory grains, CaId id, string serialNumber) => grains.GetGrain<ICaSerialGrain>($"{id}/{serialNumber}");

    public static ICaRevocationsGrain CaRevocations(this IGrainFactory grains, CaId id, int bucket) => grains.GetGrain<ICaRevocationsGrain>($"{id}/{bucket}");

    public static IUserGrain User(this IGrainFactory grains, UserId user) => grains.GetGrain<IUserGrain>(user.Value);

    /// <param name="grains">Where to look.</param>
    /// <param name="numberHash">The keyed hash of the number: phone numbers do not appear in keys, logs or the grain directory.</param>
    public static IPhoneNumberGrain PhoneNumber(this IGrainFactory grains, string numberHash) => grains.GetGrain<IPhoneNumberGrain>(numberHash);

    public static IPersonGrain Person(this IGrainFactory grains, string idNumberHash) => grains.GetGrain<IPersonGrain>(idNumberHash);

    public static IWeChatSignInGrain WeChatSignIn(this IGrainFactory grains, Guid id) => grains.GetGrain<IWeChatSignInGrain>(id);

    public static IWeChatAccountGrain WeChatAccount(this IGrainFactory grains, string accountHash) => grains.GetGrain<IWeChatAccountGrain>(accountHash);

    /// <param name="grains">Where to look.</param>
    /// <param name="addressHash">The keyed hash of a network address.</param>
    public static IAddressGrain Address(this IGrainFactory grains, string addressHash) => grains.GetGrain<IAddressGrain>(addressHash);

    public static ILegalGrain Legal(this IGrainFactory grains) => grains.GetGrain<ILegalGrain>(0);

    public static IPushGrain Push(this IGrainFactory grains, UserId user) => grains.GetGrain<IPushGrain>(user.Value);

    public static IPushKeysGrain PushKeys(this IGrainFactory grains) => grains.GetGrain<IPushKeysGrain>(0);

    public static IInboxGrain Inbox(this IGrainFactory grains, UserId user) => grains.GetGrain<IInboxGrain>(user.Value);
}
