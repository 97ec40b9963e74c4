// <kept-toasts>: one sentence about what just happened, for a while.

const STAYS_MS = 6000;
const STAYS_TO_BE_PRESSED_MS = 20_000;
const LEAVES_MS = 300;

/**
 * What can be done about it. `stays`: the sentence doesn't leave by itself.
 * @typedef {{ words: string, act: () => void, stays: boolean }} Button
 */

export class KeptToasts extends HTMLElement {
  connectedCallback() {
    for (const shown of this.children) this.#leaveLater(shown, STAYS_MS);
  }

  /**
   * Takes the place of what was said before, but a sentence without a button never that of one that has it.
   * @param {string} text
   * @param {Button} [button]
   */
  show(text, button) {
    const made = document.createElement('div');
    made.className = 'toast';
    const words = document.createElement('p');
    words.textContent = text;
    made.append(words);
    if (button) made.append(drawn(button));
    for (const before of [...this.children]) if (button || !before.querySelector('button')) before.remove();
    this.append(made);
    if (!button?.stays) this.#leaveLater(made, button ? STAYS_TO_BE_PRESSED_MS : STAYS_MS);
  }

  /**
   * @param {Element} shown
   * @param {number} after
   */
  #leaveLater(shown, after) {
    setTimeout(() => shown.classList.add('toast-leaving'), after);
    setTimeout(() => shown.remove(), after + LEAVES_MS);
  }
}

/** @param {Button} button */
function drawn(button) {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'toast-button';
  made.textContent = button.words;
  made.addEventListener('click', button.act);
  return made;
}

/**
 * Shows a sentence on this page, with a button if something can be done about it.
 * @param {string} text
 * @param {Button} [button]
 */
export function toast(text, button) {
  const place = document.querySelector('kept-toasts');
  if (place instanceof KeptToasts) place.show(text, button);
}

customElements.define('kept-toasts', KeptToasts);
