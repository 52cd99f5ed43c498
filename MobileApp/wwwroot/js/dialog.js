// Sheets and questions: the browser's own modal dialog. It may be gone again by the time it is asked for.

/** @param {HTMLDialogElement | null} dialog */
export const show = dialog => dialog?.isConnected && !dialog.open && dialog.showModal();

/** @param {HTMLDialogElement | null} dialog */
export const hide = dialog => dialog?.open && dialog.close();
