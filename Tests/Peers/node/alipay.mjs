// Drives the payment simulator with Alipay's own SDK, unchanged. One JSON line out.
// arguments: settings.json order notifyUrl returnUrl: makes a page payment address;
//            settings.json order: queries the order;
//            settings.json order refund number: refunds it;
//            settings.json: checks the notification (JSON on standard input).
import { readFileSync } from 'node:fs';
import { AlipaySdk } from 'alipay-sdk';

const [settings, order, notifyUrl, returnUrl] = process.argv.slice(2);
const { gateway, appId, privateKey, alipayPublicKey } = JSON.parse(readFileSync(settings, 'utf8'));
const sdk = new AlipaySdk({ gateway, appId, privateKey, alipayPublicKey, keyType: 'PKCS8' });
if (notifyUrl === 'refund') {
  console.log(JSON.stringify(await sdk.exec('alipay.trade.refund', { bizContent: { out_trade_no: order, refund_amount: '300.10', out_request_no: returnUrl } }, { validateSign: true })));
} else if (notifyUrl) {
  const url = sdk.pageExecute('alipay.trade.page.pay', 'GET', {
    notify_url: notifyUrl,
    return_url: returnUrl,
    bizContent: { out_trade_no: order, total_amount: '300.10', subject: '数字证书 & 服务费+1%', product_code: 'FAST_INSTANT_TRADE_PAY' },
  });
  console.log(JSON.stringify({ url }));
} else if (order) {
  console.log(JSON.stringify(await sdk.exec('alipay.trade.query', { bizContent: { out_trade_no: order } }, { validateSign: true })));
} else {
  console.log(JSON.stringify({ authentic: sdk.checkNotifySignV2(JSON.parse(readFileSync(0, 'utf8'))) }));
}
