// While the app is on its way: how far it is; and when it does not come, why, and the way to try again.
(() => {
  const foot = document.querySelector('.splash-foot'), bar = foot.querySelector('progress'), said = foot.querySelector('[role="status"]');
  const wanted = Number(document.documentElement.dataset.octets), megabytes = document.documentElement.dataset.megabytes;
  const counted = new Set();
  let have = 0, failed = false;

  // A file is counted when it is whole: its hash is checked before anybody sees a part of it. What came from a store counts like the rest.
  new PerformanceObserver(list => {
    for (const { name, decodedBodySize } of list.getEntries()) {
      if (name.includes('/_framework/') && decodedBodySize && !counted.has(name)) have += decodedBodySize, counted.add(name);
    }
    if (failed || !wanted || !foot.isConnected) return;
    const percent = Math.min(100, Math.floor(100 * have / wanted));
    bar.value = percent;
    say(percent === 100 ? '正在启动…' : navigator.serviceWorker?.controller ? `正在打开 ${percent}%` : `正在下载 ${percent}%，共约 ${megabytes} MB`);
  }).observe({ type: 'resource', buffered: true });

  function say(text) {
    // A reader hears each state once, not each percent.
    if (said.textContent.replace(/[\d%]+/, '') === text.replace(/[\d%]+/, '')) said.setAttribute('aria-live', 'off');
    else said.removeAttribute('aria-live');
    said.textContent = text;
  }

  // The smallest modules with a vector and with a caught exception: the runtime does without neither.
  const needed = [
    [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11],
    [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11],
  ];
  const able = () => globalThis.WebAssembly && needed.every(module => WebAssembly.validate(new Uint8Array(module)));

  // Once the app is drawn in the splash's place it tells itself what it lacks (App.razor).
  function fail(reason) {
    if (failed || !foot.isConnected) return;
    failed = true;
    console.error(String(reason));
    const why = document.createElement('p'), again = document.createElement('button');
    why.setAttribute('role', 'alert');
    why.textContent = !able() ? '这个浏览器版本过旧，无法打开标证通，请更新浏览器。'
      : !navigator.onLine ? '网络已断开，恢复后自动继续。'
      : '没有下载完整，请检查网络后重试。已下载的部分不会重复下载。';
    again.type = 'button';
    again.className = 'button main again';
    again.textContent = '重试';
    again.addEventListener('click', () => location.reload());
    addEventListener('online', () => location.reload());
    foot.replaceChildren(why, again);
    if (able() && navigator.onLine) arrives(reason).then(altered => altered && (why.textContent = '收到的文件不完整或被改动，没有运行。请重试；仍然如此请换一个网络。'));
  }

  // The file that is to blame comes when nobody checks its hash: then it is not the network that keeps it away.
  async function arrives(reason) {
    const file = /https?:\/\/[^\s'"]+/.exec(reason?.message ?? reason)?.[0];
    return file?.startsWith(document.baseURI) && fetch(file, { cache: 'no-store' }).then(answer => answer.ok, () => false);
  }

  // The promise of a start that fails stays open. After its own tries the runtime shows its own message, or nobody catches what it throws.
  new MutationObserver(() => fail('The runtime did not start.')).observe(document.getElementById('blazor-error-ui'), { attributeFilter: ['style'] });
  addEventListener('unhandledrejection', ({ reason }) => /^Failed to start/.test(reason?.message) && fail(reason));
  if (globalThis.Blazor) Blazor.start().catch(fail);
  else fail(new Error(`The runtime's first script is missing: ${document.querySelector('script[src*="blazor.webassembly"]').src}`));
})();
