/** What the page's backend answers: to POST of `src`, and then to GET of `url` once a second. Members a state does not need may be absent. */
export interface BztQrStatus {
  /** Only in the first answer: where the state is asked (GET), the session given up (DELETE) and, with `finish`, its result used (POST). */
  url?: string;
  state?: 'created' | 'scanned' | 'confirmed' | 'completed';
  /** With `completed`. */
  end?: 'ok' | 'refused' | 'timed_out' | 'wrong_pin' | 'locked' | 'certificate_unusable' | 'protocol_failure' | 'cancelled';
  /** The link of this second, made by the backend; only while `created`. */
  link?: string;
  secondsLeft?: number;
  /** For a decryption: six characters that the phone shows too. */
  checkCode?: string;
  /** Words of the backend instead of the widget's, as 正在签章 2/3. */
  text?: string;
  /** Shown with an end that is not ok, for whoever asks support. */
  reference?: string;
}

/** What a POST of `url` answers when the element has `finish`: where to go; a refusal is any other status with `error`. */
export interface BztQrResult {
  next?: string;
  [member: string]: unknown;
}

export type BztQrState = 'idle' | 'preparing' | 'created' | 'scanned' | 'confirmed' | 'completed' | 'ended';

/**
 * `<bzt-qr src="/qr/login" finish></bzt-qr>`: begins by itself, or with `begin="绑定证书"` when that button is pressed.
 * Custom properties: --bzt-size, --bzt-accent, --bzt-on-accent, --bzt-bad, --bzt-line, --bzt-radius, --bzt-focus.
 * Parts: box, picture, code, state, left, button.
 */
export interface BztQrElement extends HTMLElement {
  readonly state: BztQrState;
  /** Words of the element; set them before it is connected. */
  texts: Record<string, string>;
  /** Opens a session; one that runs is left to time out. */
  start(): void;
  stop(): void;
}

export interface BztQrEvents {
  'bzt-state': CustomEvent<{ state: BztQrState }>;
  /** It ended well. Unless prevented, the page goes to `next` two seconds later, if there is one. */
  'bzt-done': CustomEvent<BztQrResult>;
  'bzt-end': CustomEvent<{ end: string }>;
  /** The backend did not open a session. */
  'bzt-error': CustomEvent<{ status: number }>;
}

declare global {
  interface HTMLElementTagNameMap {
    'bzt-qr': BztQrElement;
  }
  interface HTMLElementEventMap extends BztQrEvents {}
}
