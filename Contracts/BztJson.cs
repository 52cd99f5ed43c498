using System.Text.Json;
using System.Text.Json.Serialization;
using Bzt.Contracts.Phone;
using Bzt.Contracts.Platforms;
using Bzt.Protocol.Evidence;

namespace Bzt.Contracts;

/// <summary>JSON of the public surface: camelCase members, snake_case enum values, octets in base64, nulls left out, unknown members ignored.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = [
    typeof(SnakeCaseEnum<SmsPurpose>), typeof(SnakeCaseEnum<RealNameWay>), typeof(SnakeCaseEnum<RealNameProgress>), typeof(SnakeCaseEnum<MemberRole>), typeof(SnakeCaseEnum<LegalDocument>), typeof(SnakeCaseEnum<ClosureReason>),
    typeof(SnakeCaseEnum<ApplicationKind>), typeof(SnakeCaseEnum<ApplicationState>), typeof(SnakeCaseEnum<OrderState>), typeof(SnakeCaseEnum<InvoiceState>),
    typeof(SnakeCaseEnum<CertificateState>), typeof(SnakeCaseEnum<RenewalStep>), typeof(SnakeCaseEnum<MessageKind>), typeof(SnakeCaseEnum<PhoneWakeUp>),
    typeof(SnakeCaseEnum<SessionKind>), typeof(SnakeCaseEnum<SessionState>), typeof(SnakeCaseEnum<SessionEnd>), typeof(SnakeCaseEnum<DecryptionRecipient>),
    typeof(SnakeCaseEnum<PinResetPhase>), typeof(SnakeCaseEnum<RemedyKind>),
    typeof(SnakeCaseEnum<AuthorisationScope>), typeof(SnakeCaseEnum<MemberVia>), typeof(SnakeCaseEnum<InvitationState>), typeof(SnakeCaseEnum<TransferState>), typeof(SnakeCaseEnum<EnterpriseAct>),
    typeof(SnakeCaseEnum<RemittanceState>), typeof(SnakeCaseEnum<RemittanceVerdict>),
    typeof(SnakeCaseEnum<SealKind>), typeof(SnakeCaseEnum<SealFault>), typeof(SnakeCaseEnum<FormPurpose>),
    typeof(SnakeCaseEnum<EvidenceKind>)])]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(SmsCodeRequest))]
[JsonSerializable(typeof(OwnSmsCodeRequest))]
[JsonSerializable(typeof(SmsCodeSent))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginResponse))]
[JsonSerializable(typeof(PasswordLoginRequest))]
[JsonSerializable(typeof(PasswordRequest))]
[JsonSerializable(typeof(IReadOnlyList<DeviceInfo>))]
[JsonSerializable(typeof(LegalText))]
[JsonSerializable(typeof(IReadOnlyList<LegalText>))]
[JsonSerializable(typeof(ConsentRequest))]
[JsonSerializable(typeof(NumberChangeRequest))]
[JsonSerializable(typeof(NumberChangeInfo))]
[JsonSerializable(typeof(WeChatConsentInfo))]
[JsonSerializable(typeof(WeChatLoginRequest))]
[JsonSerializable(typeof(WeChatNumberRequest))]
[JsonSerializable(typeof(WeChatLoginResponse))]
[JsonSerializable(typeof(WeChatTieRequest))]
[JsonSerializable(typeof(ClosureInfo))]
[JsonSerializable(typeof(ConfirmedRequest))]
[JsonSerializable(typeof(AccountExport))]
[JsonSerializable(typeof(Me))]
[JsonSerializable(typeof(BankCardRealNameRequest))]
[JsonSerializable(typeof(RealNameInfo))]
[JsonSerializable(typeof(PageRealNameRequest))]
[JsonSerializable(typeof(RealNameReturn))]
[JsonSerializable(typeof(RealNameCheckInfo))]
[JsonSerializable(typeof(RealNameWays))]
[JsonSerializable(typeof(EnterpriseFound))]
[JsonSerializable(typeof(EnterprisePage))]
[JsonSerializable(typeof(EnterprisePeople))]
[JsonSerializable(typeof(InviteRequest))]
[JsonSerializable(typeof(InvitationInfo))]
[JsonSerializable(typeof(IReadOnlyList<InvitationInfo>))]
[JsonSerializable(typeof(TransferRequest))]
[JsonSerializable(typeof(TransferInfo))]
[JsonSerializable(typeof(AdministratorCheck))]
[JsonSerializable(typeof(IReadOnlyList<AuthorisationInfo>))]
[JsonSerializable(typeof(AuthorisationsRevoked))]
[JsonSerializable(typeof(EnterpriseAudit))]
[JsonSerializable(typeof(RemittanceRequest))]
[JsonSerializable(typeof(RemittanceInfo))]
[JsonSerializable(typeof(Catalogue))]
[JsonSerializable(typeof(BlobUploaded))]
[JsonSerializable(typeof(LicenceReadingRequest))]
[JsonSerializable(typeof(LicenceSuggestions))]
[JsonSerializable(typeof(ClaimRequest))]
[JsonSerializable(typeof(ApplicationInfo))]
[JsonSerializable(typeof(IReadOnlyList<ApplicationInfo>))]
[JsonSerializable(typeof(OrderInfo))]
[JsonSerializable(typeof(BankCardRequest))]
[JsonSerializable(typeof(BankCardInfo))]
[JsonSerializable(typeof(IReadOnlyList<BankCardInfo>))]
[JsonSerializable(typeof(EvidenceCheckpoints))]
[JsonSerializable(typeof(InvoiceRequest))]
[JsonSerializable(typeof(InvoiceInfo))]
[JsonSerializable(typeof(IReadOnlyList<InvoiceInfo>))]
[JsonSerializable(typeof(IReadOnlyList<OrderInfo>))]
[JsonSerializable(typeof(ApplicationRequest))]
[JsonSerializable(typeof(ApplicationRefusal))]
[JsonSerializable(typeof(LetterRequest))]
[JsonSerializable(typeof(LetterToSeal))]
[JsonSerializable(typeof(ApplicationFormRequest))]
[JsonSerializable(typeof(SealSetRequest))]
[JsonSerializable(typeof(SealCropRequest))]
[JsonSerializable(typeof(SealSetInfo))]
[JsonSerializable(typeof(EnterpriseSealsInfo))]
[JsonSerializable(typeof(DownloadStarted))]
[JsonSerializable(typeof(CertificateInfo))]
[JsonSerializable(typeof(IReadOnlyList<CertificateInfo>))]
[JsonSerializable(typeof(CertificateTaskInfo))]
[JsonSerializable(typeof(RevocationRequest))]
[JsonSerializable(typeof(IReadOnlyList<UnopenedBidInfo>))]
[JsonSerializable(typeof(PinChangeApprovalRequest))]
[JsonSerializable(typeof(PinChangeApproval))]
[JsonSerializable(typeof(PinResetRequest))]
[JsonSerializable(typeof(PinResetInfo))]
[JsonSerializable(typeof(PinResetWaiverRequest))]
[JsonSerializable(typeof(EvidenceExport))]
[JsonSerializable(typeof(EvidenceReceipt))]
[JsonSerializable(typeof(ChannelTrust))]
[JsonSerializable(typeof(InboxPage))]
[JsonSerializable(typeof(HubTicket))]
[JsonSerializable(typeof(PhoneWakeUp))]
[JsonSerializable(typeof(ScanRequest))]
[JsonSerializable(typeof(SealChoice))]
[JsonSerializable(typeof(PhoneSession))]
[JsonSerializable(typeof(SessionDocuments))]
[JsonSerializable(typeof(CreateSessionRequest))]
[JsonSerializable(typeof(SessionCreated))]
[JsonSerializable(typeof(SessionStatus))]
[JsonSerializable(typeof(ProjectTokenRequest))]
[JsonSerializable(typeof(ProjectToken))]
[JsonSerializable(typeof(SignerInfo))]
public sealed partial class BztJson : JsonSerializerContext;

/// <summary>An enum as snake_case text; numbers are refused.</summary>
public sealed class SnakeCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
