// What the phone keeps: its device key, and records sealed by a key that never leaves the browser. One database, two stores:
//   keys     CryptoKey objects, made non-extractable here
//   records  { iv, data }: AES-256-GCM, the record's name as additional data
// Who reads the browser's files finds ciphertext; who runs script in this origin is not kept out (SECURITY.md).

const KEYS = 'keys', RECORDS = 'records', LOCK = 'bzt-records';
const leases = new Map();
let opened, nextLease = 1;

/** @returns {Promise<IDBDatabase>} */
function database() {
  return opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('bzt', 1);
    request.onupgradeneeded = () => [KEYS, RECORDS].forEach(name => request.result.createObjectStore(name));
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => { opened = undefined; reject(request.error); };
  });
}

/**
 * One request in a transaction of its own; settles when the transaction is on the disk.
 * @param {string} store @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} ask
 */
async function transact(store, mode, ask) {
  const transaction = (await database()).transaction(store, mode, { durability: 'strict' });
  const request = ask(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** @param {string} name @param {() => Promise<CryptoKey | CryptoKeyPair>} make */
const keyOf = (name, make) => navigator.locks.request('bzt-keys', async () => {
  const known = await transact(KEYS, 'readonly', store => store.get(name));
  if (known) return known;
  const fresh = await make();
  await transact(KEYS, 'readwrite', store => store.put(fresh, name));
  return fresh;
});

const deviceKey = () => keyOf('device', () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']));
const sealingKey = () => keyOf('sealing', () => crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']));
const sealing = (iv, name) => ({ name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) });

/** @returns {Promise<Uint8Array>} 65 octets 04‖x‖y */
export const devicePublicKey = async () => new Uint8Array(await crypto.subtle.exportKey('raw', (await deviceKey()).publicKey));

/** @param {Uint8Array} data @returns {Promise<Uint8Array>} r‖s, 64 octets */
export const signWithDevice = async data =>
  new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, (await deviceKey()).privateKey, data));

/** Waits for the lock that all windows and workers share. @returns {Promise<number>} what {@link release} takes */
export const acquire = () => new Promise((granted, failed) => {
  navigator.locks.request(LOCK, () => new Promise(end => {
    leases.set(nextLease, end);
    granted(nextLease++);
  })).catch(failed);
});

/** @param {number} lease */
export function release(lease) {
  leases.get(lease)?.();
  leases.delete(lease);
}

/** @param {string} name @returns {Promise<Uint8Array | null>} */
export async function read(name) {
  const record = await transact(RECORDS, 'readonly', store => store.get(name));
  return record ? new Uint8Array(await crypto.subtle.decrypt(sealing(record.iv, name), await sealingKey(), record.data)) : null;
}

/** @param {string} name @param {Uint8Array | null} value null deletes */
export async function write(name, value) {
  if (value === null) {
    await transact(RECORDS, 'readwrite', store => store.delete(name));
    return;
  }
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt(sealing(iv, name), await sealingKey(), value);
  await transact(RECORDS, 'readwrite', store => store.put({ iv, data }, name));
}

/** PBKDF2-HMAC-SHA-256. @param {Uint8Array} pin zeroed @param {Uint8Array} salt @param {number} rounds @returns {Promise<Uint8Array>} 32 octets */
export async function stretch(pin, salt, rounds) {
  const key = await crypto.subtle.importKey('raw', pin, 'PBKDF2', false, ['deriveBits']);
  pin.fill(0);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, key, 256));
}

/** Asks the browser not to clear our storage by itself. @returns {Promise<boolean>} whether it agreed */
export const persist = async () => await navigator.storage?.persisted?.() || await navigator.storage?.persist?.() || false;
