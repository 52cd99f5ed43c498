// Countdowns by the server's clock, and the upload of a bid with its progress.
const two = number => String(number).padStart(2, '0');

// A page goes on by itself when a time is over, unless somebody has begun to fill in a form on it.
let begun = false;
document.addEventListener('input', () => { begun = true; });

const goOn = place => {
  if (!begun) { location.reload(); return; }
  const link = document.createElement('a');
  link.href = location.pathname + location.search;
  link.textContent = '刷新页面，查看进展';
  const note = document.createElement('p');
  note.append(link);
  place.after(note);
  for (const form of document.querySelectorAll('form[data-upload]')) form.dispatchEvent(new Event('over'));
};

for (const place of document.querySelectorAll('.countdown')) {
  const end = performance.now() + Number(place.dataset.seconds) * 1000;
  const show = () => {
    // Rounded up, here and by the server: at nought it is over there too.
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    if (left === 0) {
      place.textContent = place.dataset.over;
      clearInterval(timer);
      if ('reload' in place.dataset && Number(place.dataset.seconds) > 0) goOn(place);
      return;
    }
    const [days, hours, minutes] = [Math.floor(left / 86400), Math.floor(left / 3600) % 24, Math.floor(left / 60) % 60];
    place.textContent = `${days > 0 ? `${days} 天 ` : ''}${two(hours)}:${two(minutes)}:${two(left % 60)}`;
  };
  const timer = setInterval(show, 1000);
  show();
}

for (const form of document.querySelectorAll('form[data-upload]')) {
  const [progress, state, button] = ['progress', '.upload-state', 'button'].map(name => form.querySelector(name));
  let over = false, sending = false;
  const close = () => {
    button.disabled = true;
    state.className = 'upload-state error';
    state.textContent = '投标已截止，不能再递交。';
  };
  // What is on its way is the server's to judge.
  form.addEventListener('over', () => {
    over = true;
    if (!sending) close();
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (over) return;
    const fail = text => {
      sending = false;
      progress.hidden = true;
      if (over) { close(); return; }
      button.disabled = false;
      state.className = 'upload-state error';
      state.textContent = text;
    };
    const request = new XMLHttpRequest();
    request.upload.onprogress = sent => { progress.value = sent.loaded / sent.total; };
    request.upload.onload = () => { state.textContent = '正在校验投标文件…'; };
    request.onload = () => {
      const answer = JSON.parse(request.responseText || '{}');
      if (request.status === 200) location.assign(answer.next);
      else fail(answer.error ?? (request.status === 401 ? '登录已过期，请重新登录' : '递交未成功，请重试'));
    };
    request.onerror = () => fail('网络已断开，请重新递交');
    request.open('PUT', form.dataset.upload);
    request.responseType = 'text';
    progress.hidden = false;
    button.disabled = sending = true;
    state.className = 'upload-state';
    state.textContent = '正在上传…';
    request.send(form.elements.bid.files[0]);
  });
}

// The service that serves the widget may be away: say so, instead of an empty place.
if (document.querySelector('bzt-qr')) {
  setTimeout(() => {
    if (customElements.get('bzt-qr')) return;
    for (const place of document.querySelectorAll('bzt-qr')) {
      const text = document.createElement('p');
      text.setAttribute('role', 'alert');
      text.className = 'error';
      text.textContent = '标证通服务暂不可用，请稍后刷新页面';
      place.replaceWith(text);
    }
  }, 8000);
}
