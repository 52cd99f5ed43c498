// The app's window: one at a time, online or not, in the foreground or not, up to date or not.

const WINDOW = 'bzt-window';
const PATIENCE = 3000; // a window being reloaded gives its lock back a moment later
let owner, waiting, watching = false;

/**
 * Makes this the window that runs. Two that open the same shares would look like a copied phone.
 * @param {DotNet.DotNetObject} dotnet told 'Lost', 'Online', 'Shown', 'UpdateReady' @param {boolean} take away from another window
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
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && owner.invokeMethodAsync('Shown'));
  watchUpdates();
  return navigator.onLine;
}

async function watchUpdates() {
  const registration = await navigator.serviceWorker?.getRegistration();
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

/** Runs the newest version there is. */
export async function update() {
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!waiting) await registration?.update().catch(() => { });
  const worker = waiting ?? registration?.waiting;
  if (!worker) return location.reload();
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
  worker.postMessage('activate');
}

export const reload = () => location.reload();

/** The QR link another camera opened us with, taken out of the address. @returns {string | null} */
export function takeLink() {
  const link = location.hash.startsWith('#/q?') ? location.origin + location.hash.slice(1) : null;
  if (link) history.replaceState(history.state, '', location.pathname);
  return link;
}

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
