// Drives the SMS simulator with Tencent Cloud's own SDK, unchanged. One JSON line out.
// The SDK takes the service it signs for from the endpoint's name, so the name stays and is resolved to this machine.
// arguments: port secretId secretKey sdkAppId phone signName templateId code
import { Agent } from 'node:http';
import { sms } from 'tencentcloud-sdk-nodejs-sms';

const [port, secretId, secretKey, SmsSdkAppId, phone, SignName, TemplateId, code] = process.argv.slice(2);
const agent = new Agent({ lookup: (name, { all }, done) => (all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) });
const client = new sms.v20210111.Client({
  credential: { secretId, secretKey },
  region: 'ap-guangzhou',
  profile: { httpProfile: { endpoint: `sms.tencentcloudapi.com:${port}`, protocol: 'http://', agent } },
});
try {
  const { SendStatusSet: [status], RequestId } = await client.SendSms(
    { PhoneNumberSet: [phone], SmsSdkAppId, SignName, TemplateId, TemplateParamSet: [code], SessionContext: 'peer' });
  console.log(JSON.stringify({ code: status.Code, serial: status.SerialNo, requestId: RequestId }));
} catch (error) {
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
