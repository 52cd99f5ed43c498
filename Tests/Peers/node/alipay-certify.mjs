// Drives the identity verification simulator with Alipay's own SDK, unchanged. One JSON line out.
// arguments: settings.json init order name idNumber returnUrl: begins a verification;
//            settings.json page certifyId: the address of its page;
//            settings.json query certifyId: its result.
import { readFileSync } from 'node:fs';
import { AlipaySdk } from 'alipay-sdk';

const [settings, action, ...rest] = process.argv.slice(2);
const { gateway, appId, privateKey, alipayPublicKey } = JSON.parse(readFileSync(settings, 'utf8'));
const sdk = new AlipaySdk({ gateway, appId, privateKey, alipayPublicKey, keyType: 'PKCS8' });
if (action === 'init') {
  const [order, name, idNumber, returnUrl] = rest;
  console.log(JSON.stringify(await sdk.exec('alipay.user.certify.open.initialize', {
    bizContent: {
      outer_order_no: order,
      biz_code: 'FACE',
      identity_param: { identity_type: 'CERT_INFO', cert_type: 'IDENTITY_CARD', cert_name: name, cert_no: idNumber },
      merchant_config: { return_url: returnUrl },
    },
  }, { validateSign: true })));
} else if (action === 'page') {
  console.log(JSON.stringify({ url: sdk.pageExecute('alipay.user.certify.open.certify', 'GET', { bizContent: { certify_id: rest[0] } }) }));
} else {
  console.log(JSON.stringify(await sdk.exec('alipay.user.certify.open.query', { bizContent: { certify_id: rest[0] } }, { validateSign: true })));
}
