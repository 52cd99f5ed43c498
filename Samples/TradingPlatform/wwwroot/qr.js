// Shows a QR flow: a new picture every second, the state in words, and what follows its end.
const words = {
  Created: '请用标证通扫描二维码',
  Scanned: '已扫码，请在手机上核对并输入PIN码',
  Confirmed: '已确认，正在处理…',
};
const ends = {
  Refused: '您已在手机上拒绝',
  TimedOut: '等待超时，请重新发起',
  WrongPin: 'PIN码不正确，且等待已超时',
  Locked: 'PIN码多次输入错误，证书已锁定',
  CertificateUnusable: '证书不可用：可能已过期、注销或冻结',
  ProtocolFailure: '手机与服务器通信异常，请重新发起',
  Cancelled: '已取消',
};
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

for (const box of document.querySelectorAll('.qr')) {
  const find = name => box.querySelector(`.qr-${name}`);
  const [picture, veil, mark, state, left, again, here] = ['picture', 'veil', 'mark', 'state', 'left', 'again', 'here'].map(find);
  const begin = find('begin');

  const end = text => {
    veil.hidden = false;
    mark.hidden = true;
    again.hidden = false;
    here.hidden = true;
    left.textContent = '';
    state.classList.add('error');
    state.textContent = text;
  };

  // Every second: a new code, the link for this device, the time that is left. The address of the picture is the only thing that changes.
  const tick = flow => {
    const seconds = Math.max(0, Math.round((flow.until - performance.now()) / 1000));
    left.textContent = `剩余 ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    if (!flow.taken) {
      picture.src = `/qr/${flow.id}/picture?${Math.trunc(performance.now())}`;
      if (getComputedStyle(here).display !== 'none') {
        fetch(`/qr/${flow.id}/link`).then(answer => answer.ok && answer.json().then(({ link }) => { here.href = link; }), () => {});
      }
    }
  };

  // The state after the one seen; a server that is away for a moment is asked again.
  const next = async (flow, seen) => {
    for (let failures = 0; ;) {
      try {
        const answer = await fetch(`/qr/${flow.id}/state?seen=${seen}`);
        if (answer.ok) return answer.json();
        if (answer.status < 500) return { state: 'Completed', end: 'TimedOut' };
      } catch { /* offline */ }
      if (++failures > 5) return null;
      state.textContent = '网络不稳定，正在重试…';
      await pause(1000 * failures);
    }
  };

  const follow = async () => {
    const started = await fetch(box.dataset.start, { method: 'POST' });
    if (started.status === 401) { location.assign('/login'); return; }
    const flow = await started.json();
    if (!started.ok) { end(flow.error ?? '暂时无法生成二维码'); return; }

    flow.until = performance.now() + flow.seconds * 1000;
    flow.taken = false;
    here.hidden = false;
    tick(flow);
    picture.hidden = false;
    veil.hidden = true;
    state.textContent = words.Created;
    const timer = setInterval(tick, 1000, flow);
    try {
      for (let seen = 'Created'; ;) {
        const now = await next(flow, seen);
        if (now === null) { end('网络已断开，请重新发起'); return; }
        if (now.state === 'Completed') {
          if (now.end !== 'Ok') { end(ends[now.end] ?? '未完成'); return; }
          break;
        }
        // Once somebody has it, the picture is no longer a code to be scanned; after a restart of the server it is again.
        flow.taken = now.state !== 'Created';
        veil.hidden = !flow.taken;
        mark.hidden = false;
        here.hidden = flow.taken;
        state.textContent = words[now.state];
        seen = now.state;
      }
    } finally {
      clearInterval(timer);
      left.textContent = '';
    }

    veil.hidden = false;
    state.textContent = '正在核对签名…';
    const finished = await fetch(`/qr/${flow.id}/finish`, { method: 'POST' });
    if (finished.status === 404) { end('二维码已失效，请重新发起'); return; }
    const result = await finished.json();
    if (!finished.ok) { end(result.error ?? '未完成'); return; }
    state.textContent = '完成';
    location.assign(result.next);
  };

  const run = () => {
    again.hidden = true;
    state.classList.remove('error');
    if (begin) begin.hidden = true;
    state.textContent = '正在准备二维码…';
    follow().catch(() => end('网络已断开，请重新发起'));
  };

  again.addEventListener('click', run);
  if (begin) begin.addEventListener('click', run); else run();
}
