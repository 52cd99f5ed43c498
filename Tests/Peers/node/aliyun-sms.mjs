// Drives the SMS simulator with Alibaba Cloud's own SDK, unchanged. One JSON line out.
// arguments: host:port accessKeyId accessKeySecret phone signName template templateParam
import Dysms from '@alicloud/dysmsapi20170525';

const [endpoint, accessKeyId, accessKeySecret, phoneNumbers, signName, templateCode, templateParam] = process.argv.slice(2);
const Client = Dysms.default ?? Dysms;
const client = new Client({ accessKeyId, accessKeySecret, endpoint, protocol: 'HTTP' });
try {
  const { statusCode, body } = await client.sendSms(
    new Dysms.SendSmsRequest({ phoneNumbers, signName, templateCode, templateParam, outId: 'peer' }));
  console.log(JSON.stringify({ statusCode, code: body.code, message: body.message, bizId: body.bizId, requestId: body.requestId }));
} catch (error) {
  console.log(JSON.stringify({ statusCode: error.statusCode, code: error.code, message: error.message }));
}
