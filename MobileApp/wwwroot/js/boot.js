// Before the first picture: the reader's text size; and the worker that keeps the app for the next start.
document.documentElement.dataset.text = localStorage.getItem('text') ?? 'normal';
navigator.serviceWorker?.register('service-worker.js', { updateViaCache: 'none' }).catch(() => { });
