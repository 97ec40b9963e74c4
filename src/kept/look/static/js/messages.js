// <kept-inbox> and <kept-letters>: what comes, as it comes; and sending without leaving the page. The server draws all of it.
import { askFor } from './page/asking.js';
import { ring } from './page/bell.js';
import { maybe, one, wordsOf } from './page/dom.js';
import { KeptToasts } from './page/toasts.js';

const EVENTS = '/api/v1/messages/events?notices=true';
const KINDS = ['message', 'unsent', 'not_delivered', 'read'];
const GATHER_MS = 40;

/** Draws the list anew from the server whenever something happens in the mailbox. */
class Fresh extends HTMLElement {
  /** @type {EventSource | null} */
  #events = null;
  #waiting = 0;

  connectedCallback() {
    this.#events = new EventSource(EVENTS);
    for (const kind of KINDS) this.#events.addEventListener(kind, () => this.soon());
    this.#events.addEventListener('notices', ring);
    this.#events.addEventListener('open', () => this.soon());
  }

  disconnectedCallback() {
    this.#events?.close();
  }

  soon() {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.draw(), GATHER_MS);
  }

  async draw() {
    const answer = await askFor(location.href, { headers: { accept: 'text/html' } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = maybe(this, '[data-list]', HTMLElement);
    const next = maybe(page, '[data-list]', HTMLElement);
    if (!now || !next || now.innerHTML === next.innerHTML) return;
    now.replaceWith(document.adoptNode(next));
    this.drawn();
  }

  drawn() {}
}

class KeptLetters extends Fresh {
  connectedCallback() {
    super.connectedCallback();
    maybe(this, 'form.letter-form', HTMLFormElement)?.addEventListener('submit', (event) => this.#submit(event));
    maybe(this, 'textarea', HTMLTextAreaElement)?.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || matchMedia('(pointer: coarse)').matches) return;
      event.preventDefault();
      one(this, 'form.letter-form', HTMLFormElement).requestSubmit();
    });
    document.addEventListener('visibilitychange', () => this.#read());
    this.drawn();
  }

  drawn() {
    this.querySelector('.letters')?.lastElementChild?.scrollIntoView({ block: 'end' });
    scrollTo(0, document.documentElement.scrollHeight);
    this.#read();
  }

  #read() {
    const newest = maybe(this, '[data-newest]', HTMLElement)?.dataset.newest;
    if (!newest || document.visibilityState !== 'visible' || this.dataset.read === newest) return;
    this.dataset.read = newest;
    void send('/api/v1/messages/read', { with: this.dataset.with, up_to: newest });
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const form = one(this, 'form.letter-form', HTMLFormElement);
    const field = one(form, 'textarea', HTMLTextAreaElement);
    const key = one(form, 'input[name="key"]', HTMLInputElement);
    if (!field.value.trim()) return;
    const sent = { to: this.dataset.with, text: field.value };
    const answer = await send('/api/v1/messages', sent, { 'idempotency-key': key.value }).catch(() => null);
    if (answer?.ok) {
      field.value = '';
      key.value = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
      this.soon();
      return;
    }
    const told = answer ? (await answer.json()).detail : wordsOf(this)('offline');
    const toasts = document.querySelector('kept-toasts');
    if (toasts instanceof KeptToasts) toasts.show(told);
  }
}

/**
 * @param {string} path
 * @param {object} body
 * @param {Record<string, string>} headers
 */
function send(path, body, headers = {}) {
  const json = { 'content-type': 'application/json' };
  return askFor(path, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) });
}

customElements.define('kept-inbox', class extends Fresh {});
customElements.define('kept-letters', KeptLetters);
