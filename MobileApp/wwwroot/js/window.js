// The app's window: one at a time, online or not, in the foreground or not, up to date or not.

const WINDOW = 'bzt-window';
const PATIENCE = 3000; // a window being reloaded gives its lock back a moment later
let owner, waiting, watching = false, keeping = false;

/**
 * Makes this the window that runs. Two that open the same shares would look like a copied phone.
 * @param {DotNet.DotNetObject} dotnet told 'Lost', 'Online', 'Offered', 'Shown', 'UpdateReady', 'Called', 'Resubscribed' @param {boolean} take away from another window
 * @returns {Promise<boolean>}
 */
export function own(dotnet, take) {
  owner = dotnet;
  return new Promise(settle => {
    const options = take ? { steal: true } : { signal: AbortSignal.timeout(PATIENCE) };
    let granted = false;
    navigator.locks.request(WINDOW, options, () => {
      granted = true;
      settle(true);
      return new Promise(() => { });
    }).catch(() => granted ? owner.invokeMethodAsync('Lost') : settle(false));
  });
}

/** Begins to tell of changes. @returns {boolean} whether the browser is online */
export function watch() {
  if (watching) return navigator.onLine;
  watching = true;
  const online = () => owner.invokeMethodAsync('Online', navigator.onLine);
  addEventListener('online', online);
  addEventListener('offline', online);
  for (const event of ['beforeinstallprompt', 'appinstalled']) addEventListener(event, () => owner.invokeMethodAsync('Offered', event === 'appinstalled'));
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && owner.invokeMethodAsync('Shown'));
  navigator.serviceWorker?.addEventListener('message', ({ data }) => {
    if (typeof data?.place === 'string') owner.invokeMethodAsync('Called', data.place);
    if (data?.subscription) owner.invokeMethodAsync('Resubscribed');
  });
  return navigator.onLine;
}

const rest = () => new Promise(done => globalThis.requestIdleCallback ? requestIdleCallback(done, { timeout: 10000 }) : setTimeout(done, 3000));

/**
 * The worker that keeps the app for the next start fetches what this start did not need. It begins when this one has what it needs: on a poor
 * network both at once would keep the first screen away.
 */
export function keepApp() {
  if (!keeping) watchUpdates();
  keeping = true;
}

async function watchUpdates() {
  await rest();
  const registration = await navigator.serviceWorker?.register('service-worker.js', { updateViaCache: 'none' }).catch(() => { });
  if (!registration) return;
  const ready = worker => {
    waiting = worker;
    owner.invokeMethodAsync('UpdateReady');
  };
  if (registration.waiting && navigator.serviceWorker.controller) ready(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => worker.state === 'installed' && navigator.serviceWorker.controller && ready(worker));
  });
}

const later = () => globalThis.Blazor.runtime.getConfig().resources.lazyAssembly ?? [];

/** Fetches what the runtime may ask for after its start; what has come stays for the next try. */
export async function fetchLater() {
  await Promise.all(later().map(async asset => {
    if (asset.buffer) return;
    const get = cache => fetch(`_framework/${asset.name}`, { integrity: asset.hash, cache })
      .then(answer => answer.ok ? answer.arrayBuffer() : Promise.reject(new Error(`${asset.name}: ${answer.status}`)));
    // What the browser stored may itself be what went wrong.
    asset.buffer = await get('force-cache').catch(() => get('reload'));
  }));
}

/** @returns {Promise<boolean>} whether the server's release, past every store, no longer has what this one may still fetch */
export async function isOutdated() {
  const manifest = await fetch('service-worker-assets.js', { cache: 'no-store' }).then(answer => answer.ok ? answer.text() : '', () => '');
  return manifest.includes('assetsManifest') && later().some(({ name }) => !manifest.includes(name));
}

/** Runs the newest version there is. */
export async function update() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!waiting) await registration?.update().catch(() => { });
  const worker = waiting ?? registration?.waiting;
  if (!worker) return location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  worker.postMessage('activate');
}

let awake = false, lamp;

/** Keeps the screen on while we are in front: a phone that sleeps answers nothing. @param {boolean} on */
export async function keepAwake(on) {
  awake = on;
  if (!on) return lamp?.release();
  if (lamp || document.visibilityState !== 'visible') return;
  lamp = await navigator.wakeLock?.request('screen').catch(() => { });
  lamp?.addEventListener('release', () => { lamp = undefined; });
}

document.addEventListener('visibilitychange', () => awake && keepAwake(true));

/** @param {string} address */
export const leaveTo = address => location.replace(address);

export const reload = () => location.reload();

/** The QR link another camera opened us with, taken out of the address. @returns {string | null} */
export function takeLink() {
  const link = location.hash.startsWith('#/q?') ? location.origin + location.hash.slice(1) : null;
  if (link) history.replaceState(history.state, '', location.pathname);
  return link;
}

/** Kept for this tab alone, over a reload. @param {string} name @param {string | null} value null forgets */
export const keepHere = (name, value) => value === null ? sessionStorage.removeItem(name) : sessionStorage.setItem(name, value);

/** @param {string} name @returns {string | null} */
export const keptHere = name => sessionStorage.getItem(name);

/** 我的 → 大字. @param {'normal' | 'large' | 'larger'} size */
export function setTextSize(size) {
  localStorage.setItem('text', size);
  document.documentElement.dataset.text = size;
}

export const textSize = () => document.documentElement.dataset.text ?? 'normal';

/** How the user will recognise this phone in a list. */
export function deviceName() {
  const agent = navigator.userAgent;
  const system = /iPhone|iPad/.exec(agent)?.[0] ?? /Android[^;)]*; ([^;)]+?)(?: Build|[;)])/.exec(agent)?.[1] ?? /Windows|Macintosh|Linux/.exec(agent)?.[0] ?? '手机';
  return system.slice(0, 40);
}

/** Where the app runs. @returns {string[]} of 'wechat', 'alipay', 'installed', 'apple' */
export function surroundings() {
  const agent = navigator.userAgent;
  const found = {
    wechat: /MicroMessenger/i.test(agent), alipay: /AlipayClient/i.test(agent),
    installed: matchMedia('(display-mode: standalone)').matches || navigator.standalone === true,
    apple: /iPhone|iPad/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1),
  };
  return Object.keys(found).filter(name => found[name]);
}

export const canInstall = () => globalThis.installOffer !== null && globalThis.installOffer !== undefined;

/** Uses the browser's offer, which is good once. @returns {Promise<boolean>} whether the user accepted */
export async function install() {
  const offer = globalThis.installOffer;
  if (!offer) return false;
  globalThis.installOffer = null;
  await offer.prompt();
  return (await offer.userChoice).outcome === 'accepted';
}

/** @param {string} text @returns {Promise<boolean>} whether the browser let us */
export const copy = text => navigator.clipboard?.writeText(text).then(() => true, () => false) ?? Promise.resolve(false);

/** 我的 → 设置 → 主题. @param {'system' | 'light' | 'dark'} theme */
export function setTheme(theme) {
  localStorage.setItem('theme', theme);
  document.documentElement.dataset.theme = theme;
}

export const theme = () => document.documentElement.dataset.theme ?? 'system';
