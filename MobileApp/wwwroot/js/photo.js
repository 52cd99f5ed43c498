// Photos of licences and forms: made small enough to upload, sharp enough to read.

const LONGEST = 2400, QUALITY = .85, MOST = 10 * 1024 * 1024;

/**
 * @param {HTMLInputElement} input
 * @returns {Promise<{ content: () => Uint8Array, mediaType: () => string, preview: () => string | null } | null>} null: nothing chosen, or nothing we can read
 */
export async function take(input) {
  const file = input.files?.[0];
  input.value = '';
  if (!file) return null;
  if (file.type === 'application/pdf') {
    return file.size <= MOST ? photo(new Uint8Array(await file.arrayBuffer()), file.type, null) : null;
  }
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
  } catch {
    return null;
  }
  const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(bitmap.width * scale)), Math.max(1, Math.round(bitmap.height * scale)));
  const context = canvas.getContext('2d');
  context.fillStyle = '#FFFFFF';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY });
  return photo(new Uint8Array(await blob.arrayBuffer()), 'image/jpeg', URL.createObjectURL(blob));
}

const photo = (content, mediaType, preview) => ({ content: () => content, mediaType: () => mediaType, preview: () => preview });

/** @param {string} preview */
export const forget = preview => URL.revokeObjectURL(preview);
