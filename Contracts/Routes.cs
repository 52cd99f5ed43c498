namespace Bzt.Contracts;

/// <summary>The paths of the public surface; hosts and clients take them from here.</summary>
public static class Routes
{
    /// <summary>Requests are sent with this header so that an outdated cached phone app is told <c>client_outdated</c>.</summary>
    public const string AppVersionHeader = "Bzt-App-Version";

    public const string IdempotencyKeyHeader = "Idempotency-Key";
    public const string PhoneHub = "/hubs/phone";
    public const string QrLink = "/q";
    public const string PhoneApp = "/app";

    /// <summary>The script platforms include to show a QR, and its types: <c>bzt.js</c>, <c>bzt.d.ts</c>.</summary>
    public const string Widget = "/widget/v1";
    /// <summary>Where WeChat sends the browser back to: a screen of the phone app.</summary>
    public const string WeChatReturn = "/app/wechat";
    /// <summary>What the phone app is built to trust; delivered with the app.</summary>
    public const string PhoneAppTrust = "/app/trust.json";
    /// <summary>Whom to call, and what else the app tells of this installation.</summary>
    public const string PhoneAppAbout = "/app/about.json";
    /// <summary>扫码下载: shows a PC the QR code of <see cref="PhoneApp"/>.</summary>
    public const string DownloadPage = "/download";
    public const string Token = "/connect/token";
    /// <summary>Our time-stamp authority, RFC 3161 over HTTP.</summary>
    public const string TimeStamps = "/tsa";

    /// <summary>OpenID Connect: what platforms find by discovery, and the login page's own.</summary>
    public static class Connect
    {
        public const string Discovery = "/.well-known/openid-configuration";
        /// <summary>RFC 8414.</summary>
        public const string ServerMetadata = "/.well-known/oauth-authorization-server";
        public const string Keys = "/connect/jwks";
        public const string Authorize = "/connect/authorize";
        public const string PushedAuthorization = "/connect/par";
        public const string UserInfo = "/connect/userinfo";
        public const string Revocation = "/connect/revocation";
        public const string EndSession = "/connect/logout";
        public const string Continue = "/connect/authorize/continue";
        public const string Cancel = "/connect/authorize/cancel";
        public const string LoginState = "/connect/login-state";
        public const string LoggedOut = "/connect/logged-out";
        public const string Assets = "/connect/assets";
    }

    /// <summary>The API of the Cloud Signature Consortium, version 2.</summary>
    public static class Csc
    {
        public const string Base = "/csc/v2";
        public const string Info = "/csc/v2/info";
        public const string Authorize = "/csc/v2/oauth2/authorize";
        public const string PushedAuthorization = "/csc/v2/oauth2/pushed_authorize";
        public const string Token = "/csc/v2/oauth2/token";
        public const string Revocation = "/csc/v2/oauth2/revoke";
        public const string ListCredentials = "/csc/v2/credentials/list";
        public const string CredentialInfo = "/csc/v2/credentials/info";
        public const string AuthorizeCredential = "/csc/v2/credentials/authorize";
        public const string AuthorizeCheck = "/csc/v2/credentials/authorizeCheck";
        public const string SignHash = "/csc/v2/signatures/signHash";
    }

    public static class Phone
    {
        public const string SmsCodes = "/phone/v1/sms-codes";
        public const string Login = "/phone/v1/login";
        public const string Logout = "/phone/v1/logout";
        public const string Me = "/phone/v1/me";
        public const string PasswordLogin = "/phone/v1/login/password";
        public const string WeChatConsent = "/phone/v1/login/wechat/consent";
        public const string WeChatLogin = "/phone/v1/login/wechat";
        public const string WeChatNumber = "/phone/v1/login/wechat/number";
        public const string WeChatTie = "/phone/v1/me/wechat";
        public const string WeChatUntie = "/phone/v1/me/wechat/unbinding";
        public const string NumberChanges = "/phone/v1/number-changes";
        public const string NumberChange = "/phone/v1/number-changes/{operationId}";
        public const string Export = "/phone/v1/me/export";
        public const string Closure = "/phone/v1/me/closure";
        public const string Legal = "/phone/v1/legal";
        public const string LegalText = "/phone/v1/legal/{document}";
        public const string Password = "/phone/v1/me/password";
        public const string Devices = "/phone/v1/me/devices";
        public const string DeviceLogout = "/phone/v1/me/devices/{deviceId}/logout";
        public const string Consents = "/phone/v1/me/consents";
        public const string FaceConsentWithdrawal = "/phone/v1/me/consents/face-data/withdrawal";
        public const string OwnSmsCodes = "/phone/v1/me/sms-codes";
        public const string RealNameByBankCard = "/phone/v1/real-name/bank-card";
        public const string RealNameByAlipay = "/phone/v1/real-name/alipay";
        public const string RealNameByFace = "/phone/v1/real-name/face";
        public const string RealNameWays = "/phone/v1/real-name/ways";
        public const string RealNameCheck = "/phone/v1/real-name/checks/{operationId}";
        public const string RealNameReturn = "/phone/v1/real-name/checks/{operationId}/return";
        public const string RealNameCancellation = "/phone/v1/real-name/checks/{operationId}/cancellation";
        public const string Enterprises = "/phone/v1/enterprises";
        /// <summary>搜索企业 by a part of the name or the beginning of the credit code: <c>?text=&amp;after=</c>.</summary>
        public const string EnterpriseSearch = "/phone/v1/enterprises/search";
        /// <summary>An enterprise nobody claimed: tells the caller once somebody does.</summary>
        public const string EnterpriseInterest = "/phone/v1/enterprises/{creditCode}/interest";
        public const string EnterpriseAdministratorCheck = "/phone/v1/enterprises/{creditCode}/administrator-check";
        public const string EnterprisePeople = "/phone/v1/enterprises/{creditCode}/people";
        /// <summary><c>?insist=true</c> after being shown the unopened bids.</summary>
        public const string EnterpriseMemberRemoval = "/phone/v1/enterprises/{creditCode}/people/{userId}/removal";
        public const string EnterpriseMemberUnopenedBids = "/phone/v1/enterprises/{creditCode}/people/{userId}/unopened-bids";
        public const string EnterpriseInvitations = "/phone/v1/enterprises/{creditCode}/invitations";
        public const string EnterpriseInvitationWithdrawal = "/phone/v1/enterprises/{creditCode}/invitations/{invitationId}/withdrawal";
        public const string EnterpriseInvitationAcceptance = "/phone/v1/enterprises/{creditCode}/invitations/{invitationId}/acceptance";
        public const string EnterpriseInvitationRefusal = "/phone/v1/enterprises/{creditCode}/invitations/{invitationId}/refusal";
        /// <summary>The caller's own, of every enterprise.</summary>
        public const string Invitations = "/phone/v1/invitations";
        public const string EnterpriseTransfers = "/phone/v1/enterprises/{creditCode}/transfers";
        /// <summary>Asks the administrator to hand over (M026).</summary>
        public const string EnterpriseTransferWish = "/phone/v1/enterprises/{creditCode}/transfer-wish";
        /// <summary>The newest, for the two it is between.</summary>
        public const string EnterpriseTransfer = "/phone/v1/enterprises/{creditCode}/transfer";
        public const string EnterpriseTransferAcceptance = "/phone/v1/enterprises/{creditCode}/transfers/{transferId}/acceptance";
        public const string EnterpriseTransferRefusal = "/phone/v1/enterprises/{creditCode}/transfers/{transferId}/refusal";
        public const string EnterpriseTransferWithdrawal = "/phone/v1/enterprises/{creditCode}/transfers/{transferId}/withdrawal";
        public const string EnterpriseAuthorisations = "/phone/v1/enterprises/{creditCode}/authorisations";
        public const string EnterpriseAuthorisationRevocation = "/phone/v1/enterprises/{creditCode}/authorisations/{authorisationId}/revocation";
        public const string EnterprisePlatformRevocation = "/phone/v1/enterprises/{creditCode}/authorisations/platforms/{platformId}/revocation";
        public const string EnterpriseMemberRevocation = "/phone/v1/enterprises/{creditCode}/authorisations/people/{userId}/revocation";
        public const string EnterpriseRemittances = "/phone/v1/enterprises/{creditCode}/remittances";
        public const string Remittance = "/phone/v1/remittances/{remittanceId}";
        public const string EnterpriseAudit = "/phone/v1/enterprises/{creditCode}/audit";
        public const string Catalogue = "/phone/v1/catalogue";
        public const string Blobs = "/phone/v1/blobs";
        public const string Applications = "/phone/v1/applications";
        public const string Claims = "/phone/v1/applications/claims";
        public const string Application = "/phone/v1/applications/{applicationId}";
        public const string ApplicationResubmission = "/phone/v1/applications/{applicationId}/resubmission";
        public const string ApplicationWithdrawal = "/phone/v1/applications/{applicationId}/withdrawal";
        public const string ApplicationPayment = "/phone/v1/applications/{applicationId}/payment";
        /// <summary>重新申请 of any kind but the claim.</summary>
        public const string ApplicationCorrection = "/phone/v1/applications/{applicationId}/correction";
        /// <summary>同意, by the administrator.</summary>
        public const string ApplicationAgreement = "/phone/v1/applications/{applicationId}/agreement";
        public const string ApplicationRefusal = "/phone/v1/applications/{applicationId}/refusal";
        /// <summary>POST begins 确认并盖章; GET is the letter, a PDF.</summary>
        public const string ApplicationLetter = "/phone/v1/applications/{applicationId}/letter";
        /// <summary>确认: the sealed letter goes to the CA.</summary>
        public const string ApplicationConfirmation = "/phone/v1/applications/{applicationId}/confirmation";
        /// <summary>What waits for the administrator.</summary>
        public const string EnterpriseApplications = "/phone/v1/enterprises/{creditCode}/pending-applications";
        /// <summary>Key generation begins; the answer names the certificate whose exchange endpoint the phone then uses.</summary>
        public const string ApplicationDownload = "/phone/v1/applications/{applicationId}/download";
        /// <summary>申请书模板 with the entered data, as a PDF.</summary>
        public const string ApplicationForm = "/phone/v1/application-form";
        public const string SealSets = "/phone/v1/seal-sets";
        public const string SealSet = "/phone/v1/seal-sets/{sealSetId}";
        public const string SealSetPicture = "/phone/v1/seal-sets/{sealSetId}/pictures/{kind}";
        public const string SealSetCrops = "/phone/v1/seal-sets/{sealSetId}/crops";
        public const string SealSetConfirmation = "/phone/v1/seal-sets/{sealSetId}/confirmation";
        public const string EnterpriseSeals = "/phone/v1/enterprises/{creditCode}/seals";
        public const string EnterpriseSealPicture = "/phone/v1/enterprises/{creditCode}/seals/{kind}";
        public const string BankCards = "/phone/v1/bank-cards";
        public const string BankCardUnbinding = "/phone/v1/bank-cards/{bankCardId}/unbinding";
        public const string Invoices = "/phone/v1/invoices";
        /// <summary>What stands on an uploaded licence.</summary>
        public const string LicenceReadings = "/phone/v1/licence-readings";
        public const string Orders = "/phone/v1/orders";
        public const string Order = "/phone/v1/orders/{orderId}";
        /// <summary>A one-use ticket for <see cref="PhoneHub"/>: a browser's WebSocket cannot carry a proof, and the token never goes into a URL.</summary>
        public const string HubTicket = "/phone/v1/hub-ticket";
        /// <summary>Waking the closed app up: read, set, removed by the device itself.</summary>
        public const string Push = "/phone/v1/push";
        public const string Inbox = "/phone/v1/inbox";
        public const string InboxRead = "/phone/v1/inbox/{messageId}/read";
        public const string Certificates = "/phone/v1/certificates";
        public const string Certificate = "/phone/v1/certificates/{certificateId}";
        /// <summary>The SMS code before 修改证书PIN码; the change itself goes through the sealed channel.</summary>
        public const string PinChangeApproval = "/phone/v1/certificates/{certificateId}/pin/change-approval";
        /// <summary>忘记原PIN码: asked for, looked at.</summary>
        public const string PinReset = "/phone/v1/certificates/{certificateId}/pin/reset";
        public const string PinResetObjection = "/phone/v1/certificates/{certificateId}/pin/reset/objection";
        public const string PinResetWaiver = "/phone/v1/certificates/{certificateId}/pin/reset/waiver";
        /// <summary>The sealed channel between phone and silo (docs/protocol.md): octets in, octets out.</summary>
        public const string Exchange = "/phone/v1/certificates/{certificateId}/exchange";
        public const string CertificateRevocation = "/phone/v1/certificates/{certificateId}/revocation";
        public const string CertificateUnopenedBids = "/phone/v1/certificates/{certificateId}/unopened-bids";
        /// <summary>Published checkpoints over all evidence: for anybody.</summary>
        public const string EvidenceCheckpoints = "/evidence/checkpoints";
        /// <summary>What one of them is over: for anybody.</summary>
        public const string EvidenceLeaves = "/evidence/checkpoints/{number}/leaves";
        public const string Evidence = "/phone/v1/certificates/{certificateId}/evidence";
        /// <summary>The cluster's channel keys, signed by the app's offline root.</summary>
        public const string ChannelKeys = "/phone/v1/channel-keys";
        /// <summary>会话签章: asked for at a scanned request.</summary>
        public const string SessionSealing = "/phone/v1/sessions/{sessionId}/sealing-session";
        public const string SealingSessions = "/phone/v1/sealing-sessions";
        public const string SealingSession = "/phone/v1/sealing-sessions/{sealingSessionId}";
        /// <summary>What waits for the phone.</summary>
        public const string SealingSessionRequests = "/phone/v1/sealing-sessions/{sealingSessionId}/requests";
        public const string SealingSessionPause = "/phone/v1/sealing-sessions/{sealingSessionId}/pause";
        public const string SealingSessionResumption = "/phone/v1/sealing-sessions/{sealingSessionId}/resumption";
        public const string SealingSessionEnd = "/phone/v1/sealing-sessions/{sealingSessionId}/end";
        /// <summary>The administrator's view of the enterprise's sealing sessions.</summary>
        public const string EnterpriseSealingSessions = "/phone/v1/enterprises/{creditCode}/member-sealing-sessions";
        public const string EnterpriseSealingSessionEnd = "/phone/v1/enterprises/{creditCode}/member-sealing-sessions/{sealingSessionId}/end";
        public const string Scan = "/phone/v1/scan";
        public const string Session = "/phone/v1/sessions/{sessionId}";
        public const string SessionDocuments = "/phone/v1/sessions/{sessionId}/documents";
        /// <summary>Which seal the documents are to show, of those the platform offers.</summary>
        public const string SessionSeal = "/phone/v1/sessions/{sessionId}/seal";
        public const string SessionRefusal = "/phone/v1/sessions/{sessionId}/refusal";
        /// <summary>Where the browser goes after a session that was opened on the same device.</summary>
        public const string SessionReturn = "/phone/v1/sessions/{sessionId}/return";
    }

    public static class Platforms
    {
        public const string Sessions = "/rp/v1/sessions";
        public const string Session = "/rp/v1/sessions/{sessionId}";
        /// <summary>The certificate's evidence of a session that ended with a signature or a decryption.</summary>
        public const string SessionEvidence = "/rp/v1/sessions/{sessionId}/evidence";
        /// <summary>会话签章, from the PC: looked at, stopped.</summary>
        public const string SealingSession = "/rp/v1/sealing-sessions/{sealingSessionId}";
        /// <summary>Bid openings: announced, looked at, moved later, ended; what each file gave, and its signed record.</summary>
        public const string Openings = "/rp/v1/openings";
        public const string Opening = "/rp/v1/openings/{openingId}";
        public const string OpeningEnd = "/rp/v1/openings/{openingId}/end";
        public const string OpeningReports = "/rp/v1/openings/{openingId}/files/{fileId}/reports";
        public const string OpeningRecord = "/rp/v1/openings/{openingId}/files/{fileId}/record";
        /// <summary>Server-sent events of one session.</summary>
        public const string SessionEvents = "/rp/v1/sessions/{sessionId}/events";
        /// <summary>The browser of a same-device session has come back.</summary>
        public const string SessionReturn = "/rp/v1/sessions/{sessionId}/return";
        public const string CallbackEndpoint = "/rp/v1/callback-endpoint";
        public const string CallbackSecrets = "/rp/v1/callback-endpoint/secrets";
        public const string DeadLetters = "/rp/v1/dead-letters";
        public const string DeadLetterRedelivery = "/rp/v1/dead-letters/{messageId}/redelivery";
        public const string Verify = "/rp/v1/verify";
        /// <summary>Sandbox platforms of an embedded system only.</summary>
        public const string MockScans = "/rp/v1/mock-phone/scans";
        public const string ProjectTokens = "/rp/v1/project-tokens";
        /// <summary>What a seal or a bid file needs before a session: certificates, chain, seal picture of a bound enterprise.</summary>
        public const string Signer = "/rp/v1/signers/{creditCode}";
        /// <summary>The PNG of one of its seals.</summary>
        public const string SignerSeal = "/rp/v1/signers/{creditCode}/seals/{kind}";
        /// <summary>The same as an electronic seal of GB/T 38540.</summary>
        public const string SignerElectronicSeal = "/rp/v1/signers/{creditCode}/seals/{kind}/electronic";
    }
}
