// Files the server made, for the user to look at, share or keep: they live in this window only.

/** @param {Uint8Array} content @param {string} mediaType @returns {string} an address of it in this window */
export const keep = (content, mediaType) => URL.createObjectURL(new Blob([content], { type: mediaType }));

/** @param {string} address */
export const forget = address => URL.revokeObjectURL(address);
