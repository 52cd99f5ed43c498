namespace Bzt.Tests.BadInput;

/// <summary>An input of every operation that reads JSON, by its method and path: right in form, though not in content.</summary>
internal static class RequestSamples
{
    public static readonly IReadOnlyDictionary<string, string> Of = new Dictionary<string, string>
    {
        ["POST /phone/v1/sms-codes"] = """{"phoneNumber":"13800138000","purpose":"login"}""",
        ["POST /phone/v1/login/password"] = """{"phoneNumber":"13800138000","password":"correct horse","deviceName":"手机","accepted":{"userAgreement":"1.0","privacyPolicy":"1.0"}}""",
        ["POST /phone/v1/login/wechat"] = """{"code":"061WbGll2","state":"01a212625bb77fa6ae65635864885e2a.1795600000.aa","deviceName":"手机","accepted":{"userAgreement":"1.0","privacyPolicy":"1.0"}}""",
        ["POST /phone/v1/login/wechat/number"] = """{"ticket":"01a212625bb77fa6ae65635864885e2a","phoneNumber":"13800138000","code":"482913","deviceName":"手机","accepted":{"userAgreement":"1.0","privacyPolicy":"1.0"}}""",
        ["POST /phone/v1/me/wechat"] = """{"code":"061WbGll2","state":"01a212625bb77fa6ae65635864885e2a.1795600000.aa"}""",
        ["POST /phone/v1/number-changes"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","newPhoneNumber":"13800138000","code":"482913"}""",
        ["POST /phone/v1/me/export"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","code":"482913"}""",
        ["POST /phone/v1/me/closure"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","code":"482913"}""",
        ["POST /phone/v1/me/password"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","newPassword":"correct horse","code":"482913"}""",
        ["POST /phone/v1/me/consents"] = """{"document":"face_data","version":"1.0"}""",
        ["POST /phone/v1/me/sms-codes"] = """{"purpose":"change_number","newPhoneNumber":"13800138000"}""",
        ["POST /phone/v1/login"] = """{"phoneNumber":"13800138000","code":"482913","deviceName":"手机","accepted":{"userAgreement":"1.0","privacyPolicy":"1.0"}}""",
        ["POST /phone/v1/bank-cards"] = """{"operationId":"01a212625bb77fa6ae65635864885e2c","cardNumber":"6299990000000000012","phoneNumber":"19900000001"}""",
        ["POST /phone/v1/invoices"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","orderIds":["01a212625bb77fa6ae65635864885e2b"],"buyerName":"甲公司","buyerTaxNumber":"91420500MA0000001X"}""",
        ["POST /phone/v1/real-name/bank-card"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","name":"张三","idNumber":"420502199003074512","cardNumber":"6222021234567890123","phoneNumber":"13800138000"}""",
        ["POST /phone/v1/real-name/alipay"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","name":"张三","idNumber":"420502199003074512"}""",
        ["POST /phone/v1/real-name/face"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","name":"张三","idNumber":"420502199003074512"}""",
        ["POST /phone/v1/real-name/checks/{operationId}/return"] = """{"state":"AAAAAAAAAAAAAAAAAAAAAA"}""",
        ["POST /phone/v1/applications/claims"] = Claim,
        ["POST /phone/v1/applications/{applicationId}/resubmission"] = Claim,
        ["POST /phone/v1/certificates/{certificateId}/revocation"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","insist":false}""",
        ["POST /phone/v1/certificates/{certificateId}/pin/change-approval"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","code":"482913"}""",
        ["POST /phone/v1/certificates/{certificateId}/pin/reset"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","code":"482913"}""",
        ["POST /phone/v1/certificates/{certificateId}/pin/reset/waiver"] = """{"certificateId":"01a212625bb77fa6ae65635864885e2a"}""",
        ["POST /phone/v1/applications"] = Application,
        ["POST /phone/v1/applications/{applicationId}/correction"] = Application,
        ["POST /phone/v1/sessions/{sessionId}/seal"] = """{"seal":"enterprise"}""",
        ["POST /phone/v1/applications/{applicationId}/refusal"] = """{"reason":"不是本单位人员"}""",
        ["POST /phone/v1/applications/{applicationId}/letter"] = """{"certificateId":"01a212625bb77fa6ae65635864885e2a"}""",
        ["POST /phone/v1/enterprises/{creditCode}/administrator-check"] = """{"name":"张三","phoneNumber":"13800138000"}""",
        ["POST /phone/v1/enterprises/{creditCode}/transfer-wish"] = """{"name":"张三","phoneNumber":"13800138000"}""",
        ["POST /phone/v1/enterprises/{creditCode}/invitations"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","name":"张三","phoneNumber":"13800138000"}""",
        ["POST /phone/v1/enterprises/{creditCode}/transfers"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","member":"01a212625bb77fa6ae65635864885e2b","certificateId":"01a212625bb77fa6ae65635864885e2c"}""",
        ["POST /phone/v1/enterprises/{creditCode}/remittances"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a","enterpriseName":"甲公司","accountTail":"123456","agreed":true}""",
        ["POST /phone/v1/application-form"] = """{"purpose":"claim","enterpriseName":"甲公司","creditCode":"91420500MA0000001X","legalRepresentativeName":"李四","legalRepresentativeIdNumber":"420502199003074512","platformId":"yichang-ggzy","caId":"yichang-ca","years":1}""",
        ["POST /phone/v1/licence-readings"] = """{"blobId":"aa"}""",
        ["POST /phone/v1/seal-sets"] = """{"formBlobId":"aa"}""",
        ["POST /phone/v1/seal-sets/{sealSetId}/crops"] = """{"kind":"enterprise","corners":[{"x":0.1,"y":0.1},{"x":0.4,"y":0.1},{"x":0.4,"y":0.4},{"x":0.1,"y":0.4}]}""",
        ["POST /phone/v1/sessions/{sessionId}/sealing-session"] = """{"sealingSessionId":"01a212625bb77fa6ae65635864885e2a","certificateId":"01a212625bb77fa6ae65635864885e2b","maxDocuments":5,"minutes":5,"automatic":true}""",
        ["POST /phone/v1/sealing-sessions/{sealingSessionId}/resumption"] = """{"operationId":"01a212625bb77fa6ae65635864885e2a"}""",
        ["POST /phone/v1/scan"] = """{"link":"http://127.0.0.1/q?v=1"}""",
        ["POST /rp/v1/openings"] = """{"project":{"projectId":"P","name":"项目","openingTime":"2030-01-01T00:00:00Z"},"deadline":"2030-01-01T02:00:00Z","files":[{"fileId":"F-1","name":"投标文件","bidder":{"name":"甲公司","creditCode":"91420500MA0000001X"},"digest":"AAAA"}]}""",
        ["PATCH /rp/v1/openings/{openingId}"] = """{"reason":"网络故障","openingTime":null,"deadline":"2030-01-01T03:00:00Z"}""",
        ["POST /rp/v1/openings/{openingId}/files/{fileId}/reports"] = """{"sessionId":"01a212625bb77fa6ae65635864885e2a","outcome":"opened","sections":[{"name":"唱标信息","outcome":"opened"}]}""",
        ["POST /rp/v1/sessions"] = """{"kind":"seal","opening":{"openingId":"01a212625bb77fa6ae65635864885e2a","files":["F-1"]},"returnUrl":"https://platform.example/return","returnNonce":"0123456789012345678901","visitor":"v","challenge":null,"enterprise":{"name":"甲公司","creditCode":"91420500MA0000001X"},"project":{"projectId":"P","name":"项目","openingTime":"2030-01-01T00:00:00Z"},"documents":[{"form":"cms-pdf","toBeSigned":"AAAA"}],"decryption":{"toolKey":"AAAA","recipient":"this_pc","encryptionSerial":"0A","keys":[{"name":"a","ciphertext":"AAAA"}]},"useSealingSession":"01a212625bb77fa6ae65635864885e2a","timeoutSeconds":300}""",
        ["POST /rp/v1/sessions/{sessionId}/return"] = """{"value":"ABCD","nonce":"0123456789012345678901"}""",
        ["POST /rp/v1/verify"] = """{"signature":{"certificate":"AAAA","value":"AAAA","data":"AAAA"},"chain":["AAAA"],"at":"2030-01-01T00:00:00Z"}""",
        ["POST /rp/v1/mock-phone/scans"] = """{"number":"13900000001","link":"http://127.0.0.1/q?v=1"}""",
        ["PUT /phone/v1/push"] = """{"endpoint":"https://fcm.googleapis.com/fcm/send/a","p256dh":"AAAA","auth":"AAAA","serverKey":"AAAA"}""",
        ["PUT /rp/v1/callback-endpoint"] = """{"url":"https://platform.example/callbacks"}""",
        ["POST /rp/v1/callback-endpoint/secrets"] = """{"overlapSeconds":3600}""",
        ["POST /rp/v1/project-tokens"] = """{"project":{"projectId":"P","name":"项目","openingTime":"2030-01-01T00:00:00Z"},"creditCode":"91420500MA0000001X","toolKeyThumbprint":"AAAA","lifetimeSeconds":3600}""",
    };

    private const string Claim = """{"operationId":"01a212625bb77fa6ae65635864885e2a","enterpriseName":"甲公司","creditCode":"91420500MA0000001X","legalRepresentativeName":"李四","legalRepresentativeIdNumber":"420502199003074512","licenceBlobId":"aa","formBlobId":"bb","platformId":"yichang-ggzy","caId":"yichang-ca","years":1}""";

    private const string Application = """{"operationId":"01a212625bb77fa6ae65635864885e2a","kind":"join","enterpriseName":"甲公司","creditCode":"91420500MA0000001X","administratorName":"李四","administratorPhoneNumber":"13800138000","permissions":["login","seal"],"platformId":"yichang-ggzy","caId":"yichang-ca","years":1}""";
}
