// <kept-toasts>: one sentence about what just happened, for a while.

const STAYS_MS = 6000;
const LEAVES_MS = 300;

export class KeptToasts extends HTMLElement {
  connectedCallback() {
    for (const shown of this.children) this.#leaveLater(shown);
  }

  /** @param {string} text */
  show(text) {
    const made = document.createElement('div');
    made.className = 'toast';
    const words = document.createElement('p');
    words.textContent = text;
    made.append(words);
    this.replaceChildren(made);
    this.#leaveLater(made);
  }

  /** @param {Element} shown */
  #leaveLater(shown) {
    setTimeout(() => shown.classList.add('toast-leaving'), STAYS_MS);
    setTimeout(() => shown.remove(), STAYS_MS + LEAVES_MS);
  }
}

/**
 * Shows a sentence on this page.
 * @param {string} text
 */
export function toast(text) {
  const place = document.querySelector('kept-toasts');
  if (place instanceof KeptToasts) place.show(text);
}

customElements.define('kept-toasts', KeptToasts);
