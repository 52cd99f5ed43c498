// The camera and the worker that reads QR codes out of its pictures.

const EVERY = 120, WIDTH = 960; // milliseconds between pictures; pixels are enough for a QR code across a desk
const PICTURE = 2000; // pixels of a picture from the album

/** ZXing in a worker of its own, for one picture at a time. */
class Reader {
  #worker = new Worker(new URL('qr-worker.js', import.meta.url));

  /** @param {ImageData} picture @returns {Promise<string | null>} */
  read(picture) {
    return new Promise(resolve => {
      this.#worker.onmessage = message => resolve(message.data);
      this.#worker.onerror = () => resolve(null);
      this.#worker.postMessage(picture, [picture.data.buffer]);
    });
  }

  /** Gives the worker's memory back. */
  close() {
    this.#worker.terminate();
  }
}

/** @param {CanvasImageSource} source @param {number} width @param {number} height @param {number} most of the longer side */
function pixelsOf(source, width, height, most) {
  const scale = Math.min(1, most / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** One stay on the scan screen. The user may leave at any moment, also while the camera is still starting. */
class Scanner {
  #reader = new Reader();
  #closed = false;
  #stream;
  #timer;

  /**
   * @param {HTMLVideoElement} video @param {DotNet.DotNetObject} owner told 'Found' for each code seen
   * @returns {Promise<'running' | 'denied' | 'missing'>}
   */
  async start(video, owner) {
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } } });
      if (this.#closed || !video?.isConnected) {
        this.close();
        return 'missing';
      }
      video.srcObject = this.#stream;
      await video.play();
    } catch (error) {
      return error.name === 'NotAllowedError' || error.name === 'SecurityError' ? 'denied' : 'missing';
    }
    let busy = false;
    this.#timer = setInterval(async () => {
      if (busy || this.#closed || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
      busy = true;
      try {
        const text = await this.#reader.read(pixelsOf(video, video.videoWidth, video.videoHeight, WIDTH));
        if (text && !this.#closed) await owner.invokeMethodAsync('Found', text);
      } catch {
        // The screen was left in between.
      } finally {
        busy = false;
      }
    }, EVERY);
    return 'running';
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#stream?.getTracks().forEach(track => track.stop());
    this.#reader.close();
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  /** @returns {boolean} */
  hasTorch() {
    return this.#track?.getCapabilities?.().torch === true;
  }

  /** @param {boolean} on */
  async setTorch(on) {
    await this.#track?.applyConstraints({ advanced: [{ torch: on }] }).catch(() => { });
  }
}

export const open = () => new Scanner();

/** A picture from the album. @param {HTMLInputElement} input @returns {Promise<string | null>} null: none chosen; empty: no code in it */
export async function readPicture(input) {
  const file = input.files?.[0];
  input.value = '';
  if (!file) return null;
  const reader = new Reader();
  try {
    const bitmap = await createImageBitmap(file);
    return await reader.read(pixelsOf(bitmap, bitmap.width, bitmap.height, PICTURE)) ?? '';
  } catch {
    return '';
  } finally {
    reader.close();
  }
}
