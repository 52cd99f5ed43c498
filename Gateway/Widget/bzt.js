// @ts-check
// <bzt-qr src="/my-backend/qr"> shows a 标证通 QR session: the code of this second, its state in words, and its end.
// One file, for a page that takes it with one tag: the QR encoder first (ISO/IEC 18004), then the element.
// The page's own backend opens the session and makes the link; the session's secret never comes here. See docs/platforms/widget.md.
{
  /** Error correction level M, by version: correction codewords of a block, and blocks (ISO/IEC 18004, table 9). */
  const CORRECTION = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, ...Array(19).fill(28)];
  const BLOCKS = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38, 40, 43, 45, 47, 49];

  /** Codewords a symbol holds: its modules without the function patterns. @param {number} version */
  const codewords = version => {
    let modules = (16 * version + 128) * version + 64;
    if (version >= 2) {
      const marks = Math.floor(version / 7) + 2;
      modules -= (25 * marks - 10) * marks - 55;
      if (version >= 7) modules -= 36;
    }
    return modules >> 3;
  };

  /** In GF(256) with 0x11D. @param {number} x @param {number} y */
  const multiply = (x, y) => {
    let z = 0;
    for (let i = 7; i >= 0; i--) {
      z = (z << 1) ^ ((z >>> 7) * 0x11d);
      z ^= ((y >>> i) & 1) * x;
    }
    return z;
  };

  /** Coefficients of the generator polynomial, the leading 1 left out. @param {number} degree */
  const generator = degree => {
    const result = Array(degree).fill(0);
    result[degree - 1] = 1;
    let root = 1;
    for (let i = 0; i < degree; i++) {
      for (let j = 0; j < degree; j++) {
        result[j] = multiply(result[j], root) ^ (j + 1 < degree ? result[j + 1] : 0);
      }
      root = multiply(root, 2);
    }
    return result;
  };

  /** @param {number[]} data @param {number[]} divisor */
  const remainder = (data, divisor) => {
    const result = divisor.map(() => 0);
    for (const octet of data) {
      const factor = octet ^ /** @type {number} */ (result.shift());
      result.push(0);
      divisor.forEach((coefficient, i) => { result[i] ^= multiply(coefficient, factor); });
    }
    return result;
  };

  /** The text in byte mode, padded, with its correction codewords, interleaved. @param {Uint8Array} text @returns {{ version: number, stream: number[] }} */
  const encode = text => {
    let version = 1;
    const room = () => codewords(version) - CORRECTION[version] * BLOCKS[version];
    const header = () => (version < 10 ? 12 : 20);
    while (version <= 40 && text.length * 8 + header() > room() * 8) version++;
    if (version > 40) throw new RangeError('The link is too long for a QR code.');

    /** @type {number[]} */
    const bits = [];
    const append = (/** @type {number} */ value, /** @type {number} */ length) => {
      for (let i = length - 1; i >= 0; i--) bits.push((value >>> i) & 1);
    };
    append(4, 4);
    append(text.length, header() - 4);
    text.forEach(octet => append(octet, 8));
    append(0, Math.min(4, room() * 8 - bits.length));
    append(0, (8 - (bits.length % 8)) % 8);
    for (let pad = 0xec; bits.length < room() * 8; pad ^= 0xec ^ 0x11) append(pad, 8);
    const data = Array.from({ length: room() }, (_, i) => bits.slice(i * 8, i * 8 + 8).reduce((octet, bit) => (octet << 1) | bit, 0));

    // The first blocks are one codeword shorter.
    const count = BLOCKS[version];
    const divisor = generator(CORRECTION[version]);
    const shorter = count - (codewords(version) % count);
    const length = Math.floor(codewords(version) / count) - CORRECTION[version];
    /** @type {number[][]} */
    const blocks = [];
    for (let i = 0, at = 0; i < count; i++) {
      const end = at + length + (i < shorter ? 0 : 1);
      blocks.push(data.slice(at, end));
      at = end;
    }
    const corrections = blocks.map(block => remainder(block, divisor));
    const stream = [];
    for (let i = 0; i <= length; i++) for (const block of blocks) if (i < block.length) stream.push(block[i]);
    for (let i = 0; i < divisor.length; i++) for (const block of corrections) stream.push(block[i]);
    return { version, stream };
  };

  /** @type {((x: number, y: number) => boolean)[]} */
  const MASKS = [
    (x, y) => (x + y) % 2 === 0, (x, y) => y % 2 === 0, x => x % 3 === 0, (x, y) => (x + y) % 3 === 0,
    (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0, (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
    (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
  ];

  /** The symbol's rows, dark modules true, without the quiet zone. @param {string} text @returns {boolean[][]} */
  const symbol = text => {
    const { version, stream } = encode(new TextEncoder().encode(text));
    const size = version * 4 + 17;
    const grid = () => Array.from({ length: size }, () => Array(size).fill(false));
    const dark = grid();
    const fixed = grid();
    const set = (/** @type {number} */ x, /** @type {number} */ y, /** @type {boolean} */ value) => {
      dark[y][x] = value;
      fixed[y][x] = true;
    };

    // Timing, finders with their separators, alignment marks.
    for (let i = 0; i < size; i++) { set(6, i, i % 2 === 0); set(i, 6, i % 2 === 0); }
    for (const [left, top] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
      for (let dy = -4; dy <= 4; dy++) for (let dx = -4; dx <= 4; dx++) {
        const distance = Math.max(Math.abs(dx), Math.abs(dy));
        if (left + dx >= 0 && left + dx < size && top + dy >= 0 && top + dy < size) set(left + dx, top + dy, distance !== 2 && distance !== 4);
      }
    }
    const marks = version === 1 ? [] : (() => {
      const count = Math.floor(version / 7) + 2;
      const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
      return [6, ...Array.from({ length: count - 1 }, (_, i) => size - 7 - step * (count - 2 - i))];
    })();
    marks.forEach((y, row) => marks.forEach((x, column) => {
      const last = marks.length - 1;
      if ((row === 0 && (column === 0 || column === last)) || (row === last && column === 0)) return;
      for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) set(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
    }));

    const format = (/** @type {number} */ mask) => {
      let code = mask;
      for (let i = 0; i < 10; i++) code = (code << 1) ^ ((code >>> 9) * 0x537);
      const bits = ((mask << 10) | code) ^ 0x5412;
      const bit = (/** @type {number} */ i) => ((bits >>> i) & 1) === 1;
      for (let i = 0; i <= 5; i++) set(8, i, bit(i));
      set(8, 7, bit(6)); set(8, 8, bit(7)); set(7, 8, bit(8));
      for (let i = 9; i < 15; i++) set(14 - i, 8, bit(i));
      for (let i = 0; i < 8; i++) set(size - 1 - i, 8, bit(i));
      for (let i = 8; i < 15; i++) set(8, size - 15 + i, bit(i));
      set(8, size - 8, true);
    };
    format(0);
    if (version >= 7) {
      let code = version;
      for (let i = 0; i < 12; i++) code = (code << 1) ^ ((code >>> 11) * 0x1f25);
      const bits = (version << 12) | code;
      for (let i = 0; i < 18; i++) {
        const a = size - 11 + (i % 3), b = Math.floor(i / 3), bit = ((bits >>> i) & 1) === 1;
        set(a, b, bit); set(b, a, bit);
      }
    }

    // In pairs of columns from the right, up and down in turn.
    let at = 0;
    for (let right = size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < size; step++) for (let j = 0; j < 2; j++) {
        const x = right - j;
        const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
        if (!fixed[y][x] && at < stream.length * 8) {
          dark[y][x] = ((stream[at >>> 3] >>> (7 - (at & 7))) & 1) === 1;
          at++;
        }
      }
    }

    const apply = (/** @type {number} */ mask) => {
      for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (!fixed[y][x] && MASKS[mask](x, y)) dark[y][x] = !dark[y][x];
    };
    let best = 0;
    let least = Infinity;
    for (let mask = 0; mask < 8; mask++) {
      apply(mask);
      format(mask);
      const points = penalty(dark);
      if (points < least) { least = points; best = mask; }
      apply(mask);
    }
    apply(best);
    format(best);
    return dark;
  };

  /** How hard a symbol is to read (ISO/IEC 18004, 7.8.3). @param {boolean[][]} dark */
  const penalty = dark => {
    const size = dark.length;
    let points = 0;
    const line = (/** @type {(i: number) => boolean} */ at) => {
      let text = '';
      for (let i = 0, run = 0; i < size; i++) {
        run = i > 0 && at(i) === at(i - 1) ? run + 1 : 1;
        if (run === 5) points += 3; else if (run > 5) points++;
        text += at(i) ? '1' : '0';
      }
      for (let i = 0; i + 11 <= size; i++) {
        const part = text.substring(i, i + 11);
        if (part === '10111010000' || part === '00001011101') points += 40;
      }
    };
    let black = 0;
    for (let i = 0; i < size; i++) {
      line(j => dark[i][j]);
      line(j => dark[j][i]);
      for (let j = 0; j < size; j++) {
        if (dark[i][j]) black++;
        if (i > 0 && j > 0 && dark[i][j] === dark[i - 1][j] && dark[i][j] === dark[i][j - 1] && dark[i][j] === dark[i - 1][j - 1]) points += 3;
      }
    }
    return points + Math.floor(Math.abs((black * 20) / (size * size) - 10)) * 10;
  };

  /** @type {Record<string, string>} */
  const TEXTS = {
    preparing: '正在准备二维码…',
    created: '请用标证通扫码',
    scanned: '已扫码，请在手机上确认',
    confirmed: '已确认，正在处理…',
    checking: '正在核对结果…',
    ok: '完成',
    refused: '已拒绝：手机上未同意本次操作',
    timed_out: '已超时，二维码已失效',
    wrong_pin: 'PIN码错误，且等待已超时',
    locked: '证书已锁定，解锁时间见手机',
    certificate_unusable: '证书不可用，详情见手机',
    protocol_failure: '通信失败，请重试',
    cancelled: '已取消',
    unknown: '未完成，请重试',
    unstable: '网络不稳定，正在重试…',
    offline: '网络已断开',
    failed: '暂时无法生成二维码',
    left: '剩余',
    lastMinute: '二维码将在一分钟内失效',
    reference: '编号',
    checkCode: '核对码，应与手机一致',
    picture: '标证通二维码，每秒更新',
    again: '重新发起',
    other: '换一台手机',
    here: '在本机打开标证通',
    copy: '复制链接',
    copied: '已复制，几秒内有效',
  };

  const STYLE = `
    :host { display: inline-block; width: var(--bzt-size, 240px); max-width: 100%; text-align: center; font: inherit; color: inherit; }
    :host([hidden]), [hidden] { display: none !important; }
    .box { position: relative; aspect-ratio: 1; background: #fff; color: #14211f; border: 1px solid var(--bzt-line, #d8dee8); border-radius: var(--bzt-radius, 8px); overflow: hidden; forced-color-adjust: none; }
    svg { display: block; width: 100%; height: 100%; }
    .veil { position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; gap: 12px; padding: 16px; }
    .mark { width: 56px; height: 56px; color: var(--bzt-accent, #0b6b5e); }
    .mark path, .mark circle { fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    .mark.bad { color: var(--bzt-bad, #b3261e); }
    .code { margin: 0; font: 700 28px/1.2 ui-monospace, "Noto Sans Mono", monospace; letter-spacing: .06em; }
    .code small { display: block; font: 400 13px/1.5 system-ui, sans-serif; letter-spacing: 0; }
    .turning { animation: turn 1s linear infinite; }
    @keyframes turn { to { transform: rotate(1turn); } }
    @media (prefers-reduced-motion: reduce) { .turning { animation: none; } }
    .state { margin: 12px 0 0; font-weight: 500; }
    .state.bad { color: var(--bzt-bad, #b3261e); }
    .left { margin: 0; min-height: 1.5em; font-variant-numeric: tabular-nums; opacity: .8; }
    button, a { display: inline-block; box-sizing: border-box; min-height: 44px; padding: 10px 20px; border: 1px solid transparent; border-radius: var(--bzt-radius, 8px); font: inherit; line-height: 22px; cursor: pointer; text-decoration: none; background: var(--bzt-accent, #0b6b5e); color: var(--bzt-on-accent, #fff); }
    .plain { background: none; color: var(--bzt-accent, #0b6b5e); border-color: currentColor; margin-top: 8px; }
    :focus-visible { outline: 3px solid var(--bzt-focus, #7fa8de); outline-offset: 2px; }
    .copy { padding: 10px 12px; border: 0; background: none; color: var(--bzt-accent, #0b6b5e); font-size: .875em; text-decoration: underline; }
    .sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .here { display: none; }
    @media (pointer: coarse) { .here { display: inline-block; } }`;

  const SVG = 'http://www.w3.org/2000/svg';
  const QUIET = 4;
  const ATTEMPTS = 6;
  /** @type {Record<string, string>} */
  const SHAPES = { wait: 'M6 3h12v18H6zM10 18h4', work: 'M12 3a9 9 0 1 0 9 9', done: 'M4 12.5l5.5 5.5L20 7', end: 'M6 6l12 12M18 6L6 18' };

  const pause = (/** @type {number} */ milliseconds) => new Promise(resolve => { setTimeout(resolve, milliseconds); });

  /** @template {Element} T @param {T} made @param {Record<string, string>} attributes @param {(Node | string)[]} children */
  const filled = (made, attributes, children) => {
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };

  /** @template {keyof HTMLElementTagNameMap} K @param {K} name @param {Record<string, string>} attributes @param {(Node | string)[]} children */
  const html = (name, attributes, ...children) => filled(document.createElement(name), attributes, children);

  /** @template {keyof SVGElementTagNameMap} K @param {K} name @param {Record<string, string>} attributes @param {Node[]} children */
  const drawn = (name, attributes, ...children) => filled(document.createElementNS(SVG, name), attributes, children);

  class BztQrElement extends HTMLElement {
    texts = { ...TEXTS };
    #run = 0;
    #until = 0;
    #state = 'idle';
    #warned = false;
    #link = '';
    #parts;

    constructor() {
      super();
      const path = drawn('path', { fill: '#000' });
      const picture = drawn('svg', { role: 'img', 'shape-rendering': 'crispEdges', part: 'picture' }, drawn('path', { fill: '#fff' }), path);
      const shape = drawn('path', {});
      const mark = drawn('svg', { class: 'mark', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, shape);
      const code = html('p', { class: 'code', part: 'code' });
      const again = html('button', { type: 'button', part: 'button again' });
      const veil = html('div', { class: 'veil' }, mark, code, again);
      const state = html('p', { class: 'state', role: 'status', 'aria-live': 'polite', part: 'state' });
      const left = html('p', { class: 'left', 'aria-hidden': 'true', part: 'left' });
      const warning = html('p', { class: 'sr', role: 'status', 'aria-live': 'polite' });
      const copy = html('button', { type: 'button', class: 'copy', part: 'button copy' });
      const other = html('button', { type: 'button', class: 'plain', part: 'button other' });
      const here = html('a', { class: 'plain here', target: '_blank', rel: 'noopener', part: 'button here' });
      this.#parts = { picture, path, mark, shape, code, again, veil, state, left, warning, copy, other, here };
      const root = this.attachShadow({ mode: 'open' });
      // A constructed sheet: a content policy need not allow inline styles.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      root.append(html('div', { class: 'box', part: 'box' }, picture, veil), state, left, copy, warning, other, here);
      again.addEventListener('click', () => this.start());
      copy.addEventListener('click', () => this.#copy());
      other.addEventListener('click', () => this.#giveUp().then(() => this.start()));
    }

    connectedCallback() {
      const { again, copy, other, here, picture } = this.#parts;
      picture.setAttribute('aria-label', this.texts.picture);
      other.textContent = this.texts.other;
      here.textContent = this.texts.here;
      copy.textContent = this.texts.copy;
      const label = this.getAttribute('begin');
      if (label === null) {
        this.start();
      } else {
        this.#show('idle', '', '');
        again.textContent = label;
        again.hidden = false;
      }
    }

    disconnectedCallback() { this.stop(); }

    get state() { return this.#state; }

    start() {
      const run = ++this.#run;
      this.#url = null;
      this.#show('preparing', 'work', this.texts.preparing);
      this.#follow(run).catch(() => { if (run === this.#run) this.#end('offline'); });
    }

    stop() {
      this.#run++;
      this.#show('idle', '', '');
    }

    /** @type {string | null} */
    #url = null;

    async #giveUp() {
      const url = this.#url;
      this.#run++;
      if (url) await fetch(url, { method: 'DELETE' }).catch(() => {});
    }

    /** @param {number} run */
    async #follow(run) {
      const started = await fetch(this.getAttribute('src') ?? '', { method: 'POST', headers: { accept: 'application/json' } });
      let now = await started.json().catch(() => ({}));
      if (run !== this.#run) return;
      if (!started.ok) {
        this.#end('failed', now.error ?? now.detail ?? now.title);
        this.#tell('bzt-error', { status: started.status });
        return;
      }

      this.#url = String(new URL(now.url, document.baseURI));
      this.#warned = false;
      now.state ??= 'created';
      for (let failures = 0; ;) {
        if (now) {
          if (this.#take(now)) break;
        }
        await pause(1000 * (failures || 1));
        if (run !== this.#run) return;
        now = null;
        try {
          const answer = await fetch(this.#url, { headers: { accept: 'application/json' }, cache: 'no-store' });
          if (answer.ok) now = await answer.json();
          else if (answer.status < 500) now = { state: 'completed', end: 'timed_out' };
        } catch { /* away for a moment */ }
        if (run !== this.#run) return;
        failures = now ? 0 : failures + 1;
        if (failures > ATTEMPTS) { this.#end('offline'); return; }
        // A code that cannot be renewed is stale in seconds: it does not stay on the screen.
        if (failures > 1) this.#show(this.#state === 'created' ? 'preparing' : this.#state, 'work', this.texts.unstable);
      }
      if (now.end === 'ok') await this.#finish(run);
    }

    /** One answer of the backend; true when it was the last. @param {any} now */
    #take(now) {
      if (now.state === 'completed') {
        if (now.end === 'ok') this.#show('confirmed', 'work', this.texts.checking);
        else this.#end(now.end, now.text, now.reference);
        return true;
      }

      this.#until = performance.now() + (now.secondsLeft ?? 0) * 1000;
      this.#show(now.state, now.state === 'confirmed' ? 'work' : 'wait', now.text ?? this.texts[now.state] ?? '');
      const { code, left, warning, copy, other, here, picture, veil } = this.#parts;
      const seconds = Math.max(0, Math.round((this.#until - performance.now()) / 1000));
      left.textContent = now.state === 'confirmed' ? '' : `${this.texts.left} ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      if (seconds < 60 && !this.#warned && now.state !== 'confirmed') {
        this.#warned = true;
        warning.textContent = this.texts.lastMinute;
      }
      if (now.checkCode) {
        code.replaceChildren(`${now.checkCode.slice(0, 3)} ${now.checkCode.slice(3)}`, html('small', {}, this.texts.checkCode));
        code.hidden = now.state === 'created';
      }
      if (now.state === 'created' && now.link) {
        this.#draw(now.link);
        here.href = now.link;
        here.hidden = now.link.includes('#');
        this.#link = now.link;
        // A browser gives the clipboard to a secure page only.
        copy.hidden = !navigator.clipboard;
        picture.removeAttribute('hidden');
        veil.hidden = true;
      }
      other.hidden = now.state !== 'scanned';
      return false;
    }

    /** @param {number} run */
    async #finish(run) {
      let result = { next: this.getAttribute('next') };
      if (this.hasAttribute('finish')) {
        const answer = await fetch(/** @type {string} */ (this.#url), { method: 'POST', headers: { accept: 'application/json' } });
        const body = await answer.json().catch(() => ({}));
        if (run !== this.#run) return;
        if (!answer.ok) { this.#end('unknown', body.error ?? body.detail ?? body.title); return; }
        result = { ...result, ...body };
      }

      this.#show('completed', 'done', this.texts.ok);
      if (this.#tell('bzt-done', result) && result.next) {
        await pause(2000);
        if (run === this.#run) location.assign(result.next);
      }
    }

    /** @param {string} end @param {string} [text] @param {string} [reference] */
    #end(end, text, reference) {
      const words = text ?? this.texts[end] ?? this.texts.unknown;
      this.#show('ended', 'end', reference ? `${words}（${this.texts.reference} ${reference}）` : words);
      this.#parts.again.textContent = this.texts.again;
      this.#parts.again.hidden = false;
      this.#tell('bzt-end', { end });
    }

    /** Whatever is not a fresh code is no code at all. @param {string} state @param {string} shape @param {string} text */
    #show(state, shape, text) {
      const { picture, path, mark, shape: line, code, again, veil, state: words, left, copy, other, here } = this.#parts;
      const changed = state !== this.#state;
      this.#state = state;
      this.setAttribute('state', state);
      picture.setAttribute('hidden', '');
      path.setAttribute('d', '');
      veil.hidden = false;
      again.hidden = copy.hidden = other.hidden = here.hidden = true;
      if (state !== 'scanned' && state !== 'confirmed') code.hidden = true;
      left.textContent = '';
      mark.setAttribute('class', `mark${shape === 'work' ? ' turning' : ''}${shape === 'end' ? ' bad' : ''}`);
      mark.toggleAttribute('hidden', !shape);
      line.setAttribute('d', SHAPES[shape] ?? '');
      words.className = shape === 'end' ? 'state bad' : 'state';
      // Said again only when it changed, or a reader would hear it every second.
      if (words.textContent !== text) words.textContent = text;
      if (changed) this.#tell('bzt-state', { state });
    }

    /** For a phone app in a window beside this one, without a camera: the link of this second, which is stale as soon as the code is. */
    async #copy() {
      const { copy, warning } = this.#parts;
      try {
        await navigator.clipboard.writeText(this.#link);
      } catch {
        return;
      }
      copy.textContent = warning.textContent = this.texts.copied;
      await pause(3000);
      copy.textContent = this.texts.copy;
    }

    /** @param {string} link */
    #draw(link) {
      const rows = symbol(link);
      const size = rows.length + 2 * QUIET;
      this.#parts.picture.setAttribute('viewBox', `0 0 ${size} ${size}`);
      this.#parts.picture.firstElementChild?.setAttribute('d', `M0 0h${size}v${size}h-${size}z`);
      let d = '';
      rows.forEach((row, y) => {
        for (let x = 0; x < row.length; x++) {
          const from = x;
          while (row[x]) x++;
          if (x > from) d += `M${from + QUIET} ${y + QUIET}h${x - from}v1h${from - x}z`;
        }
      });
      this.#parts.path.setAttribute('d', d);
    }

    /** @param {string} name @param {object} detail */
    #tell(name, detail) {
      return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
    }
  }

  if (!customElements.get('bzt-qr')) customElements.define('bzt-qr', BztQrElement);
}
