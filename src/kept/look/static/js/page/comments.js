// [data-comments]: a link to a clip's comments that, with modules, opens them in a sheet, with the clip in view.
// What the sheet shows is the page's own piece: its forms and links work here as they do there.
import { askFor } from './asking.js';
import { maybe, wordsOf } from './dom.js';
import { toast } from './toasts.js';

/** @type {{ 'Kept-Piece': string, Accept: string }} */
const PIECE = { 'Kept-Piece': 'comments', Accept: 'text/html' };

export class KeptComments extends HTMLElement {
  /** @type {Element | null} */
  #from = null;

  connectedCallback() {
    document.addEventListener('click', (event) => this.#clicked(event));
    this.addEventListener('submit', (event) => this.#submitted(event));
    this.#dialog.addEventListener('close', () => this.#place.replaceChildren());
  }

  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.querySelector('dialog'));
  }

  get #place() {
    return /** @type {HTMLElement} */ (this.querySelector('.said-place'));
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
    const opens = event.target.closest('a[data-comments]');
    const leads = this.contains(event.target) ? event.target.closest('a[data-piece]') : null;
    const link = opens ?? leads;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    if (opens) this.#from = opens;
    this.#show(askFor(link.href, { headers: PIECE }));
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form, event.submitter)) body.append(name, String(value));
    this.#show(askFor(form.action, { method: 'POST', body, headers: PIECE }));
  }

  /** @param {Promise<Response>} asked */
  async #show(asked) {
    try {
      const answer = await asked;
      const text = await answer.text();
      const made = new DOMParser().parseFromString(text, 'text/html').querySelector('.said-sheet');
      if (!made) throw new Error(`comments: ${answer.status}`);
      this.#place.replaceChildren(made);
      this.#count(made.getAttribute('data-count') ?? '');
      if (!this.#dialog.open) this.#dialog.showModal();
      maybe(made, '.say-sure', HTMLElement)?.scrollIntoView();
    } catch {
      toast(wordsOf(this)('failed'));
    }
  }

  /** @param {string} number */
  #count(number) {
    const shown = this.#from?.querySelector('.rail-count, span[title]');
    if (shown) shown.textContent = number;
  }
}

customElements.define('kept-comments', KeptComments);
