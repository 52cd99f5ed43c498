// Reads QR codes with ZXing, away from the thread that draws. In: ImageData. Out: the text, or null.
importScripts(new URL('../zxing/reader.js', self.location));

ZXingWASM.prepareZXingModule({
  overrides: { locateFile: file => new URL(`../zxing/${file}`, self.location).href },
  fireImmediately: true,
}).catch(() => { });

onmessage = async message => {
  try {
    const found = await ZXingWASM.readBarcodes(message.data, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 1 });
    postMessage(found.find(code => code.isValid)?.text ?? null);
  } catch {
    postMessage(null);
  }
};
