// A reader of docs/bid-file.md in another language, written from that document: node's DER, SM3 and SM4, sm-crypto's SM2, a GCM of its own.
// Standard input: {files, privateKey, sections?, output?}; standard output: one answer a file, {header, sections} or {refused}.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const { sm2 } = createRequire(import.meta.url)('sm-crypto');

class Refused extends Error {}
const refuse = (why) => { throw new Refused(why); };
const sm3 = (...parts) => { const h = crypto.createHash('sm3'); parts.forEach((p) => h.update(p)); return h.digest(); };

// DER: definite, shortest lengths; what is left over is refused.
class Der {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  get more() { return this.at < this.bytes.length; }
  any() {
    const start = this.at;
    if (this.bytes.length - start < 2) refuse('DER is cut off');
    const tag = this.bytes[start];
    let length = this.bytes[start + 1];
    let head = 2;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count < 1 || count > 4 || start + 2 + count > this.bytes.length) refuse('DER length');
      length = this.bytes.readUIntBE(start + 2, count);
      head += count;
      if (length < 0x80 || (count > 1 && this.bytes[start + 2] === 0)) refuse('DER length is not the shortest');
    }
    if (start + head + length > this.bytes.length) refuse('DER is cut off');
    this.at = start + head + length;
    return { tag, value: this.bytes.subarray(start + head, this.at), whole: this.bytes.subarray(start, this.at) };
  }
  of(tag) { const found = this.any(); if (found.tag !== tag) refuse(`DER tag ${found.tag} where ${tag} was to be`); return found.value; }
  sequence() { return new Der(this.of(0x30)); }
  text() { const value = this.of(0x0c); const text = value.toString('utf8'); if (!Buffer.from(text, 'utf8').equals(value)) refuse('not UTF-8'); return text; }
  octets(length) { const value = this.of(0x04); if (length !== undefined && value.length !== length) refuse('length of octets'); return value; }
  integer() {
    const value = this.of(0x02);
    if (value.length === 0 || value[0] & 0x80 || (value.length > 1 && value[0] === 0 && !(value[1] & 0x80))) refuse('an integer');
    return value[0] === 0 && value.length > 1 ? value.subarray(1) : value;
  }
  number() { const value = this.integer(); if (value.length > 6) refuse('a number too large'); return value.readUIntBE(0, value.length); }
  oid() { return this.of(0x06).toString('hex'); }
  time() { const text = this.of(0x18).toString('latin1'); if (!/^\d{14}Z$/.test(text)) refuse('a time'); return text; }
  end() { if (this.more) refuse('DER has something left over'); }
}

const oid = (dotted) => {
  const [a, b, ...rest] = dotted.split('.').map(Number);
  const octets = [40 * a + b];
  for (const part of rest) {
    const group = [part & 0x7f];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) group.unshift((left & 0x7f) | 0x80);
    octets.push(...group);
  }
  return Buffer.from(octets).toString('hex');
};
const Oid = {
  enveloped: oid('1.2.156.10197.6.1.4.2.3'), data: oid('1.2.156.10197.6.1.4.2.1'), sm2Encryption: oid('1.2.156.10197.1.301.3'), sm4Gcm: oid('1.2.156.10197.1.104.8'),
};

// SM4-GCM (NIST SP 800-38D): counter mode by node, the hash by tables of sixteen.
class Sm4Gcm {
  constructor(key) {
    this.key = key;
    const h = this.block(Buffer.alloc(16));
    this.table = Array.from({ length: 16 }, () => new Uint32Array(4));
    let v = Uint32Array.from([0, 4, 8, 12].map((i) => h.readUInt32BE(i)));
    for (const bit of [8, 4, 2, 1]) { this.table[bit] = v; v = Sm4Gcm.shift(v); }
    for (let n = 1; n < 16; n++) {
      if (n & (n - 1)) { const low = n & -n; this.table[n] = this.table[low].map((word, i) => word ^ this.table[n ^ low][i]); }
    }
    // What four shifts make of the four bits that fall out.
    this.reduced = Array.from({ length: 16 }, (_, n) => { let w = Uint32Array.from([0, 0, 0, n]); for (let i = 0; i < 4; i++) w = Sm4Gcm.shift(w); return w; });
  }
  static shift(v) {
    const carry = v[3] & 1;
    const w = Uint32Array.from([v[0] >>> 1, (v[1] >>> 1) | (v[0] << 31), (v[2] >>> 1) | (v[1] << 31), (v[3] >>> 1) | (v[2] << 31)]);
    if (carry) w[0] ^= 0xe1000000;
    return w;
  }
  block(input) { const c = crypto.createCipheriv('sm4-ecb', this.key, null).setAutoPadding(false); return Buffer.concat([c.update(input), c.final()]); }
  hash(...parts) {
    const y = new Uint32Array(4);
    const z = new Uint32Array(4);
    const take = (block) => {
      for (let i = 0; i < 16; i++) y[i >> 2] ^= block[i] << (24 - 8 * (i & 3));
      z.fill(0);
      for (let i = 15; i >= 0; i--) {
        const octet = (y[i >> 2] >>> (24 - 8 * (i & 3))) & 0xff;
        for (const nibble of [octet & 15, octet >> 4]) {
          const r = this.reduced[z[3] & 15];
          const m = this.table[nibble];
          z[3] = ((z[3] >>> 4) | (z[2] << 28)) ^ r[3] ^ m[3];
          z[2] = ((z[2] >>> 4) | (z[1] << 28)) ^ r[2] ^ m[2];
          z[1] = ((z[1] >>> 4) | (z[0] << 28)) ^ r[1] ^ m[1];
          z[0] = (z[0] >>> 4) ^ r[0] ^ m[0];
        }
      }
      y.set(z);
    };
    for (const part of parts) {
      for (let at = 0; at < part.length; at += 16) {
        const block = Buffer.alloc(16);
        part.copy(block, 0, at, Math.min(at + 16, part.length));
        take(block);
      }
    }
    const out = Buffer.alloc(16);
    y.forEach((word, i) => out.writeUInt32BE(word, 4 * i));
    return out;
  }
  // Null when the tag does not match.
  open(nonce, additional, message) {
    const cipher = message.subarray(0, message.length - 16);
    const lengths = Buffer.alloc(16);
    lengths.writeBigUInt64BE(BigInt(additional.length) * 8n, 0);
    lengths.writeBigUInt64BE(BigInt(cipher.length) * 8n, 8);
    const mask = this.block(Buffer.concat([nonce, Buffer.from([0, 0, 0, 1])]));
    const tag = this.hash(additional, cipher, lengths).map((octet, i) => octet ^ mask[i]);
    if (!crypto.timingSafeEqual(tag, message.subarray(message.length - 16))) return null;
    return crypto.createDecipheriv('sm4-ctr', this.key, Buffer.concat([nonce, Buffer.from([0, 0, 0, 2])])).update(cipher);
  }
}

function readHeader(der) {
  const outer = new Der(der);
  const header = outer.sequence();
  outer.end();
  if (header.number() !== 1) refuse('version');
  const found = { platformId: header.text(), projectId: header.text(), projectName: header.text(), openingTime: header.time(), bidderName: header.text(), bidderCreditCode: header.text(), createdAt: header.time(), sections: [] };
  const sections = header.sequence();
  header.end();
  while (sections.more) {
    const section = sections.sequence();
    const name = section.text();
    const info = section.sequence();
    section.end();
    if (info.oid() !== Oid.enveloped) refuse('not an EnvelopedData');
    const explicit = new Der(info.of(0xa0));
    info.end();
    const enveloped = explicit.sequence();
    explicit.end();
    if (enveloped.number() !== 1) refuse('EnvelopedData version');
    const recipients = new Der(enveloped.of(0x31));
    const keys = [];
    while (recipients.more) {
      const recipient = recipients.sequence();
      if (recipient.number() !== 1) refuse('RecipientInfo version');
      const issuerAndSerial = recipient.sequence();
      issuerAndSerial.any();
      const serial = issuerAndSerial.integer().toString('hex').toUpperCase();
      issuerAndSerial.end();
      const algorithm = recipient.sequence();
      if (algorithm.oid() !== Oid.sm2Encryption) refuse('key algorithm');
      algorithm.end();
      keys.push({ serial, encryptedKey: recipient.octets() });
      recipient.end();
    }
    const content = enveloped.sequence();
    enveloped.end();
    if (content.oid() !== Oid.data) refuse('content type');
    const algorithm = content.sequence();
    content.end();
    if (algorithm.oid() !== Oid.sm4Gcm) refuse('content algorithm');
    const parameters = algorithm.sequence();
    algorithm.end();
    const noncePrefix = parameters.octets(7);
    const chunkSize = parameters.number();
    parameters.end();
    if (chunkSize < 4096 || chunkSize > 4194304) refuse('chunk size');
    if (keys.length < 1 || keys.length > 16) refuse('recipients');
    found.sections.push({ name, keys, noncePrefix, chunkSize });
  }
  const names = new Set(found.sections.map((s) => s.name.toLowerCase()));
  if (found.sections.length < 1 || found.sections.length > 64 || names.size !== found.sections.length) refuse('sections');
  return found;
}

function readManifest(block, header, headerDer) {
  const outer = new Der(block);
  const signed = outer.sequence();
  outer.end();
  const bytes = signed.octets();
  const signature = signed.octets(64);
  const list = signed.sequence();
  signed.end();
  const certificates = [];
  while (list.more) certificates.push(list.octets());
  if (certificates.length < 1 || certificates.length > 16) refuse('certificates');

  const whole = new Der(bytes);
  const manifest = whole.sequence();
  whole.end();
  if (manifest.text() !== 'bzt.bid-manifest.v1') refuse('not a manifest');
  const repeated = [manifest.text(), manifest.text(), manifest.text(), manifest.time()];
  const headerDigest = manifest.octets(32);
  const sections = [];
  for (const l = manifest.sequence(); l.more;) {
    const s = l.sequence();
    sections.push({ name: s.text(), size: s.number(), digest: s.octets(32) });
    s.end();
  }
  const recipients = [];
  for (const l = manifest.sequence(); l.more;) recipients.push(l.text());
  manifest.end();

  // What it repeats of the header is the header's.
  const serials = [...new Set(header.sections.flatMap((s) => s.keys.map((k) => k.serial)))].sort();
  if (JSON.stringify(repeated) !== JSON.stringify([header.platformId, header.projectId, header.projectName, header.openingTime])
    || !headerDigest.equals(sm3(headerDer))
    || JSON.stringify(sections.map((s) => s.name)) !== JSON.stringify(header.sections.map((s) => s.name))
    || JSON.stringify(recipients) !== JSON.stringify(serials)) refuse('the manifest is of another header');

  // SubjectPublicKeyInfo is the seventh member of a version 3 TBSCertificate; its BIT STRING ends in 04 ‖ x ‖ y.
  const tbs = new Der(certificates[0]).sequence().sequence();
  for (let i = 0; i < 6; i++) tbs.any();
  const key = tbs.sequence();
  key.any();
  const point = key.of(0x03).subarray(1).toString('hex');
  if (!sm2.doVerifySignature(Array.from(bytes), signature.toString('hex'), point, { hash: true })) refuse('the manifest is not signed by its certificate');
  return sections;
}

function unwrap(section, serial, privateKey) {
  const key = section.keys.find((k) => k.serial === serial) ?? refuse('not a recipient');
  const cipher = new Der(key.encryptedKey).sequence();
  const coordinate = () => cipher.integer().toString('hex').padStart(64, '0');
  const [x, y, hash, body] = [coordinate(), coordinate(), cipher.octets(32), cipher.octets(16)];
  const opened = Buffer.from(sm2.doDecrypt(x + y + hash.toString('hex') + body.toString('hex'), privateKey, 1, { output: 'array' }));
  return opened.length === 16 ? opened : refuse('the wrapped key');
}

const segment = /^(?!\.{1,2}$)(?!\s)(?!(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$))[^\u0000-\u001f\u007f-\u009f\u202d\u202e\\:*?"<>|]{1,255}(?<![. ])$/i;

function readContent(content) {
  const files = [];
  for (let at = 0; at < content.length;) {
    if (at + 2 > content.length) refuse('a section ends inside a file');
    const nameLength = content.readUInt16BE(at);
    if (nameLength < 1 || nameLength > 1024 || at + 10 + nameLength > content.length) refuse('a name');
    const name = content.subarray(at + 2, at + 2 + nameLength).toString('utf8');
    const length = Number(content.readBigUInt64BE(at + 2 + nameLength));
    at += 10 + nameLength;
    if (!name.split('/').every((part) => segment.test(part))) refuse('an unsafe name');
    if (at + length > content.length) refuse('a section ends inside a file');
    files.push({ name, bytes: content.subarray(at, at + length) });
    at += length;
  }
  if (new Set(files.map((f) => f.name.toLowerCase())).size !== files.length) refuse('two files of one name');
  return files;
}

function read(file, question) {
  const bytes = fs.readFileSync(file);
  const magic = Buffer.from('e2425a540d0a1a0a', 'hex');
  if (bytes.length < 12 || !bytes.subarray(0, 8).equals(magic)) refuse('not a bid file');
  const headerLength = bytes.readUInt32BE(8);
  if (headerLength > 1 << 20 || 12 + headerLength + 12 > bytes.length) refuse('the header');
  if (bytes.subarray(bytes.length - 8).toString('latin1') !== '\nBZTEND\n') refuse('no end mark');
  const manifestLength = bytes.readUInt32BE(bytes.length - 12);
  const end = bytes.length - 12 - manifestLength;
  if (manifestLength > 1 << 20 || end < 12 + headerLength) refuse('the manifest');
  const headerDer = bytes.subarray(12, 12 + headerLength);
  const header = readHeader(headerDer);
  const stated = readManifest(bytes.subarray(end, bytes.length - 12), header, headerDer);

  let at = 12 + headerLength;
  const places = header.sections.map((section, i) => {
    const chunks = Math.max(1, Math.ceil(stated[i].size / section.chunkSize));
    const place = { start: at, length: stated[i].size + 16 * chunks, chunks };
    at += place.length;
    return place;
  });
  if (at !== end) refuse('the parts do not fill the file');
  places.forEach((place, i) => { if (!sm3(bytes.subarray(place.start, place.start + place.length)).equals(stated[i].digest)) refuse('changed after it was generated'); });

  const headerDigest = sm3(headerDer);
  const opened = header.sections.map((section, index) => {
    if (question.sections && !question.sections.includes(section.name)) return { name: section.name };
    const cipher = new Sm4Gcm(unwrap(section, question.serial, question.privateKey));
    const additional = Buffer.concat([headerDigest, Buffer.from([0, 0, 0, index])]);
    const { start, length, chunks } = places[index];
    const plain = [];
    for (let i = 0; i < chunks; i++) {
      const nonce = Buffer.alloc(12);
      section.noncePrefix.copy(nonce);
      nonce.writeUInt32BE(i, 7);
      nonce[11] = i === chunks - 1 ? 1 : 0;
      const from = i * (section.chunkSize + 16);
      plain.push(cipher.open(nonce, additional, bytes.subarray(start + from, start + Math.min(length, from + section.chunkSize + 16))) ?? refuse('the key is another one\'s'));
    }
    const content = Buffer.concat(plain);
    if (content.length !== stated[index].size) refuse('size');
    const files = readContent(content);
    for (const { name, bytes: body } of question.output ? files : []) {
      const target = path.join(question.output, section.name, name);
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.writeFileSync(target, body, { flag: 'wx' });
    }
    return { name: section.name, files: files.map((f) => f.name) };
  });
  return { projectName: header.projectName, bidder: header.bidderName, openingTime: header.openingTime, sections: opened };
}

const question = JSON.parse(fs.readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(question.files.map((file) => {
  try {
    return read(file, question);
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
})));
