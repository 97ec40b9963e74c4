// <kept-progress>: where a clip is, in words that are true. The server drew the steps; this keeps them true.
import { maybe, wordsOf } from './dom.js';

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
   * A clip that was held, refused or withdrawn: the step it had come to says so, and why.
   * @param {Told} told
   * @param {Element[]} steps
   */
  #end(told, steps) {
    const last = steps.find((step) => step.classList.contains('step-now')) ?? steps.at(-1);
    if (!last) return;
    for (const step of steps.slice(steps.indexOf(last) + 1)) step.remove();
    last.classList.add(`step-${told.state}`, 'step-now');
    const name = maybe(last, '.step-name', HTMLElement);
    const why = maybe(last, '.step-words', HTMLElement);
    if (name) name.textContent = this.#words(told.state);
    if (why) why.textContent = told.reason ?? '';
    this.#say(this.#words(told.state));
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
    const answer = await fetch(url, { headers: { Accept: 'application/json' } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

customElements.define('kept-progress', KeptProgress);
