// <kept-progress>: where a clip is, in words that are true. The server drew the steps; this keeps them true.
import { askFor } from './asking.js';
import { maybe, one, wordsOf } from './dom.js';

const ORDER = ['uploading', 'checking', 'preparing', 'published'];
const SOONEST_MS = 700;
const LATEST_MS = 5000;
const SLOWER = 1.25;

/**
 * What the server says of a clip.
 * @typedef {object} Told
 * @property {string} state
 * @property {string} [reason]
 * @property {number | null} [seconds_left]
 */

export class KeptProgress extends HTMLElement {
  #words = wordsOf(this);
  #wait = SOONEST_MS;

  connectedCallback() {
    const url = this.dataset['url'];
    if (url) this.watch(url, () => location.reload());
  }

  /**
   * Asks for the state until the clip has come to rest.
   * @param {string} url
   * @param {() => void} [published] what to do once everybody can watch it
   */
  async watch(url, published = () => undefined) {
    for (;;) {
      const told = await ask(url);
      if (told) this.show(told);
      else this.#say(this.#words('lost'));
      if (told && !ORDER.slice(0, 3).includes(told.state)) {
        if (told.state === 'published') published();
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, this.#wait));
      this.#wait = Math.min(LATEST_MS, this.#wait * SLOWER);
    }
  }

  /** @param {Told} told */
  show(told) {
    const steps = [...this.querySelectorAll('.step')];
    const at = ORDER.indexOf(told.state);
    if (at < 0) return this.#end(told, steps);
    steps.forEach((step, index) => {
      const done = index < at || told.state === 'published';
      step.classList.toggle('step-done', done);
      step.classList.toggle('step-now', index === at && !done);
      if (index === at && !done) step.setAttribute('aria-current', 'step');
      else step.removeAttribute('aria-current');
    });
    const soon = told.seconds_left ? this.#words('ready_in', { seconds: Math.ceil(told.seconds_left) }) : '';
    this.#say(told.state === 'published' ? this.#words('published') : soon || this.#words(told.state));
  }

  /**
   * A clip that was held, refused or withdrawn: the steps end where it stopped, and the last one says why.
   * @param {Told} told
   * @param {Element[]} steps
   */
  #end(told, steps) {
    const drawn = maybe(this, `template[data-end="${told.state}"]`, HTMLTemplateElement);
    const last = drawn && maybe(drawn.content, '.step', HTMLElement)?.cloneNode(true);
    if (!drawn || !(last instanceof HTMLElement)) return;
    const after = Number(drawn.dataset['after']);
    for (const step of steps.slice(0, after)) step.className = 'step step-done';
    for (const step of steps.slice(after)) step.remove();
    const why = maybe(last, '.step-words', HTMLElement);
    if (why && told.reason) why.textContent = told.reason;
    one(this, '.steps', HTMLElement).append(last);
    this.#say(last.textContent?.trim() ?? '');
    maybe(this, '.progress-now', HTMLElement)?.classList.add('unseen'); // the step says it; this only tells it aloud
  }

  /** @param {string} text */
  #say(text) {
    const place = maybe(this, '.progress-now', HTMLElement);
    if (place && place.textContent !== text) place.textContent = text;
  }
}

/**
 * @param {string} url
 * @returns {Promise<Told | null>} nothing when there is no connection
 */
async function ask(url) {
  try {
    const answer = await askFor(url, { headers: { Accept: 'application/json' } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

customElements.define('kept-progress', KeptProgress);
