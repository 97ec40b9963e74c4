// <kept-layer> around a <dialog>: opened by [data-opens=ID], closed by [data-closes], the backdrop, Escape, or, where it
// has a grip, by flinging it down.

const FLING_PX = 96;
const FLING_SPEED = 0.6; // pixels a millisecond

class KeptLayer extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector('dialog');
    if (!dialog) return;
    document.addEventListener('click', (event) => {
      if (event.target instanceof Element && event.target.closest(`[data-opens="${this.id}"]`)) dialog.showModal();
    });
    dialog.addEventListener('click', (event) => {
      const inside = event.target instanceof Element && event.target !== dialog;
      if (!inside || (event.target instanceof Element && event.target.closest('[data-closes]'))) dialog.close();
    });
    const grip = dialog.querySelector('.sheet-grip');
    if (grip instanceof HTMLElement) fling(dialog, grip);
  }
}

/**
 * Lets a sheet follow the finger and go when it is let go of far enough down, or fast enough.
 * @param {HTMLDialogElement} sheet
 * @param {HTMLElement} grip
 */
function fling(sheet, grip) {
  let from = 0;
  let since = 0;
  grip.addEventListener('pointerdown', (event) => {
    from = event.clientY;
    since = event.timeStamp;
    grip.setPointerCapture(event.pointerId);
  });
  grip.addEventListener('pointermove', (event) => {
    if (since) sheet.style.transform = `translateY(${Math.max(0, event.clientY - from)}px)`;
  });
  grip.addEventListener('pointerup', (event) => {
    const moved = event.clientY - from;
    const speed = moved / Math.max(1, event.timeStamp - since);
    since = 0;
    sheet.style.transform = '';
    if (moved > FLING_PX || (moved > 8 && speed > FLING_SPEED)) sheet.close();
  });
}

customElements.define('kept-layer', KeptLayer);
