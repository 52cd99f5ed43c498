// 后台通知: this browser's push subscription. Octets go to and fro in base64.

const encode = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const decode = text => Uint8Array.from(atob(text), character => character.charCodeAt(0));

const supported = () => 'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

/** @returns {Promise<PushManager | null>} null where nothing keeps the app: while developing */
async function manager() {
  return supported() ? (await navigator.serviceWorker.getRegistration())?.pushManager ?? null : null;
}

/** @returns {Promise<'unsupported' | 'default' | 'granted' | 'denied'>} */
export const permission = async () => await manager() ? Notification.permission : 'unsupported';

/** @returns {Promise<string[] | null>} endpoint, key, secret, and the server's key it was made under */
export async function current() {
  const subscription = await (await manager())?.getSubscription();
  return subscription ? describe(subscription) : null;
}

/**
 * To be called at the user's touch: it may ask him. What was made under another key is replaced.
 * @param {string} serverKey @returns {Promise<string[]>} as {@link current}; or one word: 'denied', 'later', 'unreachable'
 */
export async function subscribe(serverKey) {
  const answer = await Notification.requestPermission();
  if (answer !== 'granted') return [answer === 'denied' ? 'denied' : 'later'];
  const pushes = await manager();
  const known = await pushes.getSubscription();
  if (known && encode(known.options.applicationServerKey) === serverKey) return describe(known);
  await known?.unsubscribe();
  try {
    return describe(await pushes.subscribe({ userVisibleOnly: true, applicationServerKey: decode(serverKey) }));
  } catch {
    return ['unreachable'];
  }
}

export async function unsubscribe() {
  await (await (await manager())?.getSubscription())?.unsubscribe();
}

/** @param {PushSubscription} subscription */
const describe = subscription => [
  subscription.endpoint, encode(subscription.getKey('p256dh')), encode(subscription.getKey('auth')), encode(subscription.options.applicationServerKey),
];
