'use strict';
// One question on standard input as JSON, one answer on standard output: sm-crypto as a judge of our SM2 and SM4.
const { sm2, sm3, sm4 } = require('sm-crypto');

const bytes = (hex) => Array.from(Buffer.from(hex, 'hex'));
// sm-crypto wants ciphertexts without the leading 04.
const bare = (hex) => (hex.length % 2 === 0 && hex.startsWith('04') ? hex.slice(2) : hex);

const questions = {
  // userId absent: sm-crypto's own default, 1234567812345678.
  verify: (q) => sm2.doVerifySignature(bytes(q.message), q.signature, q.publicKey, { hash: true, der: q.der, ...(q.userId === undefined ? {} : { userId: q.userId }) }),
  encrypt: (q) => '04' + sm2.doEncrypt(bytes(q.message), q.publicKey, 1),
  decrypt: (q) => Buffer.from(sm2.doDecrypt(bare(q.ciphertext), q.privateKey, 1, { output: 'array' })).toString('hex'),
  sm3: (q) => sm3(bytes(q.message)),
  sm4: (q) => Buffer.from(sm4.encrypt(bytes(q.message), bytes(q.key), { padding: 'none', output: 'array' })).toString('hex'),
};

let input = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => { input += chunk; });
process.stdin.on('end', () => {
  const question = JSON.parse(input);
  process.stdout.write(JSON.stringify({ answer: questions[question.ask](question) }));
});
