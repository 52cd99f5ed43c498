// Before the first picture: the reader's text size and theme; the worker that keeps the app for the next start; and the browser's offer to
// put the app on the home screen, which it makes early and only once.
document.documentElement.dataset.text = localStorage.getItem('text') ?? 'normal';
document.documentElement.dataset.theme = localStorage.getItem('theme') ?? 'system';
navigator.serviceWorker?.register('service-worker.js', { updateViaCache: 'none' }).catch(() => { });
addEventListener('beforeinstallprompt', offer => {
  offer.preventDefault();
  globalThis.installOffer = offer;
});
addEventListener('appinstalled', () => { globalThis.installOffer = null; });
