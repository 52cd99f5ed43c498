// The frame a user lays around a seal on its photo, in parts of the photo's width and height.

const AT_FIRST = .16, LEAST = .02, DRAG = 12;
const frames = new WeakMap();
const within = (value, least, most) => Math.min(Math.max(value, least), most);

/** Tapped, the frame stands around that point; dragged, it is what was drawn. @param {HTMLElement} paper holds the photo and an element `.frame-line` */
export function begin(paper) {
  if (frames.has(paper)) return;
  frames.set(paper, null);
  let from = null, drawn = false;
  const at = event => {
    const box = paper.getBoundingClientRect();
    return { x: within((event.clientX - box.left) / box.width, 0, 1), y: within((event.clientY - box.top) / box.height, 0, 1), box };
  };
  paper.addEventListener('pointerdown', event => {
    [from, drawn] = [at(event), false];
    paper.setPointerCapture(event.pointerId);
  });
  paper.addEventListener('pointermove', event => {
    if (!from) return;
    const to = at(event);
    const [width, height] = [Math.abs(to.x - from.x), Math.abs(to.y - from.y)];
    drawn ||= Math.hypot(width * to.box.width, height * to.box.height) > DRAG;
    if (drawn) place(paper, { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width, height });
  });
  paper.addEventListener('pointerup', event => {
    if (from && !drawn) around(paper, at(event));
    from = null;
  });
  paper.addEventListener('pointercancel', () => { from = null; });
}

/** Moves and grows it, also without a finger. @param {HTMLElement} paper @param {number} x @param {number} y @param {number} grow */
export function nudge(paper, x, y, grow) {
  const frame = frames.get(paper);
  if (!frame) return around(paper, { x: .5, y: .5, box: paper.getBoundingClientRect() });
  const [width, height] = [frame.width * grow, frame.height * grow];
  place(paper, { x: frame.x + x - (width - frame.width) / 2, y: frame.y + y - (height - frame.height) / 2, width, height });
}

/** @param {HTMLElement} paper @returns {number[] | null} left, top, right, bottom */
export function read(paper) {
  const frame = frames.get(paper);
  return frame ? [frame.x, frame.y, frame.x + frame.width, frame.y + frame.height] : null;
}

function around(paper, { x, y, box }) {
  const [width, height] = [AT_FIRST, AT_FIRST * box.width / box.height];
  place(paper, { x: x - width / 2, y: y - height / 2, width, height });
}

function place(paper, wanted) {
  const [width, height] = [within(wanted.width, LEAST, 1), within(wanted.height, LEAST, 1)];
  const frame = { x: within(wanted.x, 0, 1 - width), y: within(wanted.y, 0, 1 - height), width, height };
  frames.set(paper, frame);
  const line = paper.querySelector('.frame-line');
  line.hidden = false;
  for (const [name, value] of Object.entries({ left: frame.x, top: frame.y, width, height })) line.style[name] = `${value * 100}%`;
}
