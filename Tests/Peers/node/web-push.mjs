// Reads one push message as the browser would, with npm's http_ece, and judges its VAPID token with npm's jose. One JSON line out; octets in base64url.
// stdin: {"privateKey", "auth", "body", "token", "serverKey", "audience", "now"}
import { createECDH } from 'node:crypto';
import { decrypt } from 'http_ece';
import { importJWK, jwtVerify } from 'jose';

let text = '';
for await (const chunk of process.stdin) text += chunk;
const question = JSON.parse(text);
const octets = name => Buffer.from(question[name], 'base64url');
const browser = createECDH('prime256v1');
browser.setPrivateKey(octets('privateKey'));
const payload = decrypt(octets('body'), { version: 'aes128gcm', privateKey: browser, authSecret: octets('auth') }).toString('utf8');
const point = octets('serverKey');
const key = await importJWK({ kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') }, 'ES256');
const { payload: claims } = await jwtVerify(question.token, key, {
  audience: question.audience, algorithms: ['ES256'], typ: 'JWT', currentDate: new Date(question.now), maxTokenAge: undefined, requiredClaims: ['exp', 'sub'],
});
console.log(JSON.stringify({ payload, claims }));
