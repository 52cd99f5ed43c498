// The camera and the worker that reads QR codes out of its pictures.

const EVERY = 120, WIDTH = 960; // milliseconds between pictures; pixels are enough for a QR code across a desk
let stream, worker, timer, busy = false;

const reader = () => worker ??= new Worker(new URL('qr-worker.js', import.meta.url));

/** @param {ImageData} picture @returns {Promise<string | null>} */
const decode = picture => new Promise(resolve => {
  reader().onmessage = message => resolve(message.data);
  reader().postMessage(picture, [picture.data.buffer]);
});

/**
 * @param {HTMLVideoElement} video @param {DotNet.DotNetObject} owner told 'Found' for each code seen
 * @returns {Promise<'running' | 'denied' | 'missing'>}
 */
export async function start(video, owner) {
  stop();
  reader();
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } } });
  } catch (error) {
    return error.name === 'NotAllowedError' || error.name === 'SecurityError' ? 'denied' : 'missing';
  }
  video.srcObject = stream;
  await video.play();
  const canvas = document.createElement('canvas');
  timer = setInterval(async () => {
    if (busy || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    busy = true;
    try {
      const scale = Math.min(1, WIDTH / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * scale);
      canvas.height = Math.round(video.videoHeight * scale);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      const text = await decode(context.getImageData(0, 0, canvas.width, canvas.height));
      if (text && stream) await owner.invokeMethodAsync('Found', text);
    } finally {
      busy = false;
    }
  }, EVERY);
  return 'running';
}

export function stop() {
  clearInterval(timer);
  stream?.getTracks().forEach(track => track.stop());
  stream = undefined;
}

/** Gives the worker's memory back. */
export function dispose() {
  stop();
  worker?.terminate();
  worker = undefined;
}

const track = () => stream?.getVideoTracks()[0];

/** @returns {boolean} */
export const hasTorch = () => track()?.getCapabilities?.().torch === true;

/** @param {boolean} on */
export const setTorch = on => track()?.applyConstraints({ advanced: [{ torch: on }] });

/** A picture from the album. @param {HTMLInputElement} input @returns {Promise<string | null>} */
export async function readPicture(input) {
  const file = input.files?.[0];
  input.value = '';
  if (!file) return null;
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, 2000 / Math.max(bitmap.width, bitmap.height));
    const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await decode(context.getImageData(0, 0, canvas.width, canvas.height)) ?? '';
  } catch {
    return '';
  }
}
