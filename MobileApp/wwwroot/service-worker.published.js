// Keeps the published app, so that its next start needs no network. A version is kept whole or not at all; it takes over when the user
// says so (「立即更新」) or when the last window of the old one has closed, never under a running window.
self.importScripts('./service-worker-assets.js', './js/push-worker.js');

const PREFIX = 'bzt-app-', CACHE = PREFIX + self.assetsManifest.version;
const base = new URL('./', self.location).href;
const index = new URL('index.html', base).href;
const kept = self.assetsManifest.assets.filter(asset => !/^(service-worker\.js|service-worker-assets\.js)$/.test(asset.url));
const known = new Set(kept.map(asset => new URL(asset.url, base).href));

// What is named by its content is taken from wherever the browser has it: the page just fetched most of it.
const lasting = url => /^_framework\/.*\.[a-z0-9]{10}\.(js|wasm)$/.test(url);

self.addEventListener('install', event => event.waitUntil(caches.open(CACHE).then(cache =>
  cache.addAll(kept.map(asset => new Request(asset.url, { integrity: asset.hash, cache: lasting(asset.url) ? 'force-cache' : 'no-cache' }))))));

self.addEventListener('activate', event => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
})()));

self.addEventListener('message', event => event.data === 'activate' && self.skipWaiting());

self.addEventListener('fetch', event => {
  if (event.request.method !== 'GET' || !event.request.url.startsWith(base)) return;
  const wanted = event.request.mode === 'navigate' ? index : event.request.url;
  if (known.has(wanted)) event.respondWith(caches.open(CACHE).then(cache => cache.match(wanted)).then(found => found ?? fetch(event.request)));
});
