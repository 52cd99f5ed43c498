// Shows a QR flow: a new picture every second, the state in words, and what follows its end.
const words = {
  Created: '请用标证通扫码',
  Scanned: '已扫码，请在手机上确认',
  Confirmed: '已确认，正在处理…',
};
const ends = {
  Refused: '手机上已拒绝', TimedOut: '二维码已超时', WrongPin: 'PIN码错误', Locked: '证书已锁定',
  CertificateUnusable: '证书不可用', ProtocolFailure: '通信失败', Cancelled: '已取消',
};

for (const box of document.querySelectorAll('.qr')) {
  const picture = box.querySelector('.qr-picture');
  const veil = box.querySelector('.qr-veil');
  const state = box.querySelector('.qr-state');
  const again = box.querySelector('.qr-again');
  const begin = box.querySelector('.qr-begin');

  const end = text => {
    picture.hidden = true;
    veil.hidden = true;
    again.hidden = false;
    state.textContent = text;
  };

  const run = async () => {
    again.hidden = true;
    if (begin) begin.hidden = true;
    state.textContent = '正在准备二维码…';
    const started = await fetch(box.dataset.start, { method: 'POST' });
    const flow = await started.json();
    if (!started.ok) return end(flow.error ?? '暂时无法生成二维码');

    const show = () => { picture.src = `/qr/${flow.id}/picture?${Date.now()}`; };
    show();
    picture.hidden = false;
    const timer = setInterval(show, 1000);
    try {
      for (let seen = ''; ;) {
        const answer = await fetch(`/qr/${flow.id}/state?seen=${seen}`);
        if (!answer.ok) return end('二维码已失效');
        const now = await answer.json();
        if (now.state === 'Completed') {
          if (now.end !== 'Ok') return end(ends[now.end] ?? '未完成');
          break;
        }
        // Once somebody has it, the picture is no longer a code that could be scanned.
        if (now.state !== 'Created') { clearInterval(timer); picture.hidden = true; veil.hidden = false; }
        state.textContent = words[now.state];
        seen = now.state;
      }
    } catch {
      return end('网络已断开，请重新发起');
    } finally {
      clearInterval(timer);
    }
    const finished = await fetch(`/qr/${flow.id}/finish`, { method: 'POST' });
    const result = await finished.json();
    if (!finished.ok) return end(result.error ?? '未完成');
    state.textContent = '完成';
    location.assign(result.next);
  };

  again.addEventListener('click', run);
  if (begin) { state.textContent = ''; begin.addEventListener('click', run); } else run();
}
