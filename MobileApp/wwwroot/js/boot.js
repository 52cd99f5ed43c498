// Before the first picture: the reader's text size and theme; what a double tap means; and the browser's offer to put the app on the home
// screen, which it makes early and only once.
document.documentElement.dataset.text = localStorage.getItem('text') ?? 'normal';
document.documentElement.dataset.theme = localStorage.getItem('theme') ?? 'system';
// 重试 and 重新打开 of a start: the same address, with what it asks for (#/q?…).
addEventListener('click', async event => {
  const again = event.target.closest('.again');
  if (!again) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // Without a network a page that is not kept would give way to the browser's own, from which nothing leads back.
  if (navigator.serviceWorker?.controller || await answers()) location.reload();
  else {
    // Its text node belongs to whoever drew it.
    const said = again.closest('.splash-foot')?.querySelector('[role="alert"], [role="status"]')?.firstChild;
    if (said) said.data = '网络不通，请检查网络后重试。';
  }
}, true);
const answers = () => fetch('manifest.webmanifest', { cache: 'no-store', signal: AbortSignal.timeout(8000) }).then(() => true, () => false);
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
// A space pasted before a number does not cost its last character: the field cuts what is too long before the app sees it.
addEventListener('paste', event => {
  const text = event.clipboardData?.getData('text');
  if (!text || text === text.trim() || !event.target.matches?.('input[autocapitalize="characters"]')) return;
  event.preventDefault();
  document.execCommand('insertText', false, text.trim());
}, true);
addEventListener('beforeinstallprompt', offer => {
  offer.preventDefault();
  globalThis.installOffer = offer;
});
addEventListener('appinstalled', () => { globalThis.installOffer = null; });
