// Before the first picture: the reader's text size and theme; what a double tap means; and the browser's offer to put the app on the home
// screen, which it makes early and only once.
document.documentElement.dataset.text = localStorage.getItem('text') ?? 'normal';
document.documentElement.dataset.theme = localStorage.getItem('theme') ?? 'system';
// 重试 and 重新打开 of a start: the same address, with what it asks for (#/q?…).
addEventListener('click', event => {
  if (!event.target.closest('.again')) return;
  event.preventDefault();
  location.reload();
}, true);
// The second tap of a double tap says no more than the first: it never falls on what has come in its place.
let tapped = [];
addEventListener('click', event => {
  const what = event.target.closest('label') ?? event.target.closest('a, button, summary, input');
  const now = [what, what?.innerText, location.href];
  if (event.detail > 1 && now.some((part, i) => part !== tapped[i])) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else tapped = now;
}, true);
addEventListener('beforeinstallprompt', offer => {
  offer.preventDefault();
  globalThis.installOffer = offer;
});
addEventListener('appinstalled', () => { globalThis.installOffer = null; });
