// The login page: each second the code of this second, until a phone has scanned it; then how far the phone is; then back to the platform.
'use strict';
(() => {
  const login = document.getElementById('login');
  const data = login.dataset;
  const [qr, state, left, here, again] = ['qr', 'state', 'left', 'here', 'again'].map((id) => document.getElementById(id));
  const STALE = 4000;
  let shownAt = 0;

  // Set only when it changes, so that it is read out once.
  const say = (text) => { if (state.textContent !== text) state.textContent = text; };
  // SVG elements have the attribute, not the property.
  const hide = (hidden) => { qr.toggleAttribute('hidden', hidden); here.hidden = hidden; };
  const hideCode = () => { hide(true); qr.firstElementChild.setAttribute('d', ''); here.removeAttribute('href'); };
  const stop = (text) => { hideCode(); say(text); left.parentElement.hidden = true; again.href = location.href; again.hidden = false; again.focus(); };

  function show(answer) {
    const seconds = answer.secondsLeft;
    left.textContent = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
    if (answer.qr) {
      qr.setAttribute('viewBox', `0 0 ${answer.qr.size} ${answer.qr.size}`);
      qr.firstElementChild.setAttribute('d', answer.qr.path);
      here.href = answer.link;
      hide(false);
      shownAt = Date.now();
    } else {
      hideCode();
    }
    if (answer.state !== 'completed') { say(data[answer.state]); return true; }
    if (answer.end === 'ok') { hideCode(); say(data.ok); location.replace(data.continue); return false; }
    stop(data[answer.end] ?? data.protocol_failure);
    return false;
  }

  async function ask() {
    let goOn = true;
    try {
      const response = await fetch(`${data.stateAddress}?login=${data.login}`, { cache: 'no-store', credentials: 'same-origin' });
      if (response.status === 404) { stop(data.gone); return; }
      if (response.ok) goOn = show(await response.json());
    } catch {
      say(data.offline);
    }
    // A code that could not be renewed is stale: it does not stay.
    if (goOn && Date.now() - shownAt > STALE) hideCode();
    if (goOn) setTimeout(ask, 1000);
  }

  ask();
})();
