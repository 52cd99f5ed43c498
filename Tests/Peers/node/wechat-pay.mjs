// Drives the WeChat Pay simulator with npm's wechatpay-node-v3. One JSON line out.
// The SDK's address is fixed; its transport, which the SDK lets one replace, changes the origin, as a name server would.
// arguments: settings.json create order notifyUrl | query order | close order | refund order refundNumber | notification (JSON {headers, body} on standard input)
import { readFileSync } from 'node:fs';
import WxPay from 'wechatpay-node-v3';
import { PayRequest } from 'wechatpay-node-v3/dist/lib/pay-request.js';

const [file, verb, order, extra] = process.argv.slice(2);
const { endpoint, appid, mchid, certificate, privateKey, key } = JSON.parse(readFileSync(file, 'utf8'));
const Pay = WxPay.default ?? WxPay;
const pay = new Pay({ appid, mchid, publicKey: Buffer.from(certificate), privateKey: Buffer.from(privateKey), key });
const real = new PayRequest();
const here = (url) => url.replace('https://api.mch.weixin.qq.com/', endpoint);
pay.createHttp({
  get: (url, headers) => real.get(here(url), headers),
  post: (url, params, headers) => real.post(here(url), params, headers),
  upload: (url, params, headers) => real.upload(here(url), params, headers),
});

const verbs = {
  create: () => pay.transactions_h5({
    description: '数字证书 & 服务费', out_trade_no: order, notify_url: extra, amount: { total: 30010, currency: 'CNY' },
    scene_info: { payer_client_ip: '127.0.0.1', h5_info: { type: 'Wap', app_name: '', app_url: '' } },
  }),
  query: () => pay.query({ out_trade_no: order }),
  close: () => pay.close(order),
  refund: () => pay.refunds({ out_trade_no: order, out_refund_no: extra, amount: { refund: 30010, total: 30010, currency: 'CNY' } }),
  notification: async () => {
    const { headers, body } = JSON.parse(readFileSync(0, 'utf8'));
    const authentic = await pay.verifySign({
      timestamp: headers['wechatpay-timestamp'], nonce: headers['wechatpay-nonce'], serial: headers['wechatpay-serial'], signature: headers['wechatpay-signature'], body,
    });
    const { resource } = JSON.parse(body);
    return { authentic, transaction: authentic ? pay.decipher_gcm(resource.ciphertext, resource.associated_data, resource.nonce) : null };
  },
};
const { status, data, error, ...rest } = await verbs[verb]();
console.log(JSON.stringify({ status, data, error: error ? JSON.parse(error) : undefined, ...rest, errRaw: undefined }));
