// In the service worker: what a push becomes, with the app closed. A push says what it is about and an id, nothing else; the words are here.

const WORDS = {
  signature: { body: '有签名请求待您确认', place: id => `asked/${id}`, loud: true },
  sealing: { body: '会话签章有新的请求', place: id => `sealing/${id}` },
  approval: { body: '有申请待您处理', place: id => `requests/${id}?from=messages`, loud: true },
  offer: { body: '有邀请或转授待您答复', place: () => 'messages', loud: true },
  security: { body: '账号安全提醒，请打开查看', place: () => 'messages', loud: true },
};
const OTHERS = { body: '您有新消息', place: () => 'messages' };
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const APP = new URL('./', self.location).href;

self.addEventListener('push', event => event.waitUntil(show(read(event.data))));

/** Anything unreadable is a message too: a browser that shows nothing for a push loses the permission. @param {PushMessageData | null} data */
function read(data) {
  try {
    const { kind, id } = data.json();
    return { kind: String(kind), id: ID.test(id) ? id : null };
  } catch {
    return { kind: '', id: null };
  }
}

/** One notification of a kind; a newer one takes its place. */
function show({ kind, id }) {
  const words = Object.hasOwn(WORDS, kind) ? WORDS[kind] : OTHERS;
  const place = words === OTHERS || id || words.place.length === 0 ? words.place(id) : 'messages';
  return self.registration.showNotification('标证通', {
    body: words.body, tag: `bzt-${kind}`, renotify: words.loud === true, lang: 'zh-CN', icon: 'icons/icon-192.png', badge: 'icons/icon-192.png', data: { place },
  });
}

// The app that runs is brought to the front and told where to go: loading it anew would end a running sealing session.
self.addEventListener('notificationclick', event => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.place ?? ''));
});

async function open(place) {
  const windows = (await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).filter(client => client.url.startsWith(APP));
  const shown = windows.find(client => client.visibilityState === 'visible') ?? windows[0];
  if (!shown) return self.clients.openWindow(new URL(place, APP).href);
  await shown.focus().catch(() => { });
  shown.postMessage({ place });
}

// The browser has changed the subscription. Under the same key again; a window tells the server, now or at the app's next start.
self.addEventListener('pushsubscriptionchange', event => event.waitUntil(renew(event)));

async function renew(event) {
  const options = event.oldSubscription?.options;
  if (!event.newSubscription && options) await self.registration.pushManager.subscribe(options).catch(() => { });
  for (const client of await self.clients.matchAll({ type: 'window', includeUncontrolled: true })) client.postMessage({ subscription: true });
}
