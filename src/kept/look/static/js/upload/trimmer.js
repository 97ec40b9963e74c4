// <kept-trimmer>: a film strip with three grips, for the first and the last moment of a clip and for its cover. Pointer or keys.
import { one, wordsOf } from '../page/dom.js';
import { drawStrip, lengthOf } from './strip.js';

const SHORTEST = 0.5; // seconds, as the server has it
const STEP = 0.1;
const LEAP = 1;

/** @typedef {'start' | 'end' | 'cover'} Grip */

export class KeptTrimmer extends HTMLElement {
  #words = wordsOf(this);
  #length = 0;
  /** @type {Record<Grip, number>} */
  #at = { start: 0, end: 0, cover: 0 };
  #chosen = false; // whether the author chose a cover; until then we look for a good one
  /** @type {HTMLVideoElement | null} */
  #preview = null;
  #turn = 0; // which clip: an older one that is still being drawn gives up

  connectedCallback() {
    for (const grip of this.#grips) {
      grip.addEventListener('keydown', (event) => this.#key(event, nameOf(grip)));
      grip.addEventListener('pointerdown', (event) => this.#hold(event, grip));
      grip.addEventListener('blur', () => this.#play());
    }
    one(this, '[data-trim="whole"]', HTMLElement).addEventListener('click', () => this.#reset());
  }

  /** @returns {HTMLElement[]} */
  get #grips() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll('[data-grip]')]);
  }

  /**
   * Shows the strip of a clip; a browser that can't show it leaves it whole.
   * @param {Blob} clip
   * @param {HTMLVideoElement} preview plays what is left
   */
  async open(clip, preview) {
    const turn = ++this.#turn;
    const film = document.createElement('video');
    film.muted = true;
    film.preload = 'auto';
    film.src = URL.createObjectURL(clip);
    const length = await lengthOf(film);
    if (turn === this.#turn && length !== null && length >= 2 * SHORTEST) {
      this.#length = length;
      this.#preview = preview;
      preview.ontimeupdate = () => this.#loop();
      this.#reset();
      this.hidden = false;
      await drawStrip(one(this, 'canvas', HTMLCanvasElement), film, length, () => turn === this.#turn);
    }
    URL.revokeObjectURL(film.src);
    film.removeAttribute('src');
  }

  close() {
    this.#turn += 1;
    this.hidden = true;
    this.#length = 0;
    this.#chosen = false;
    if (this.#preview) this.#preview.ontimeupdate = null;
    this.#preview = null;
  }

  /**
   * What is sent along; nothing of a clip that is left as it is.
   * @returns {Record<string, string>}
   */
  get words() {
    /** @type {Record<string, string>} */
    const words = {};
    if (!this.#length) return words;
    if (this.#at.start > 0) words['cut_start'] = this.#at.start.toFixed(3);
    if (this.#at.end < this.#length) words['cut_end'] = this.#at.end.toFixed(3);
    if (this.#chosen) words['cover_at'] = this.#at.cover.toFixed(3);
    return words;
  }

  #reset() {
    this.#at = { start: 0, end: this.#length, cover: 0 };
    this.#chosen = false;
    this.#draw();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Grip} grip
   */
  #key(event, grip) {
    /** @type {Record<string, number>} */
    const by = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -LEAP, PageUp: LEAP };
    by['Home'] = -this.#length;
    by['End'] = this.#length;
    const step = by[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#set(grip, this.#at[grip] + step);
  }

  /**
   * @param {PointerEvent} event
   * @param {HTMLElement} grip
   */
  #hold(event, grip) {
    event.preventDefault();
    grip.focus();
    grip.setPointerCapture(event.pointerId);
    const strip = one(this, '.strip', HTMLElement).getBoundingClientRect();
    const follow = (/** @type {PointerEvent} */ moved) => {
      this.#set(nameOf(grip), ((moved.clientX - strip.left) / strip.width) * this.#length);
    };
    grip.addEventListener('pointermove', follow);
    grip.addEventListener('lostpointercapture', () => {
      grip.removeEventListener('pointermove', follow);
      this.#play();
    }, { once: true });
  }

  /**
   * @param {Grip} grip
   * @param {number} moment
   */
  #set(grip, moment) {
    const [least, most] = this.#bounds(grip);
    this.#at[grip] = Math.min(Math.max(Math.round(moment * 100) / 100, least), most);
    if (grip === 'cover') this.#chosen = true;
    else this.#at.cover = Math.min(Math.max(this.#at.cover, this.#at.start), this.#at.end);
    this.#draw();
    if (!this.#preview) return;
    this.#preview.pause();
    this.#preview.currentTime = this.#at[grip];
  }

  /**
   * @param {Grip} grip
   * @returns {[number, number]}
   */
  #bounds(grip) {
    if (grip === 'start') return [0, this.#at.end - SHORTEST];
    if (grip === 'end') return [this.#at.start + SHORTEST, this.#length];
    return [this.#at.start, this.#at.end];
  }

  #draw() {
    const strip = one(this, '.strip', HTMLElement);
    for (const name of /** @type {Grip[]} */ (['start', 'end', 'cover'])) {
      const grip = one(this, `[data-grip="${name}"]`, HTMLElement);
      const [least, most] = this.#bounds(name);
      strip.style.setProperty(`--${name}`, `${(100 * this.#at[name]) / this.#length}%`);
      grip.setAttribute('aria-valuemin', least.toFixed(2));
      grip.setAttribute('aria-valuemax', most.toFixed(2));
      grip.setAttribute('aria-valuenow', this.#at[name].toFixed(2));
      grip.setAttribute('aria-valuetext', this.#words('at', { seconds: this.#at[name].toFixed(1) }));
    }
    const { start, end, cover } = this.#at;
    const whole = start === 0 && end === this.#length;
    const left = { left: (end - start).toFixed(1), length: this.#length.toFixed(1) };
    const told = this.#words(whole ? 'all' : 'left', left);
    const picture = this.#chosen ? this.#words('cover', { seconds: cover.toFixed(1) }) : this.#words('our_cover');
    one(this, '.trimmer-told', HTMLElement).textContent = `${told} ${picture}`;
    one(this, '[data-trim="whole"]', HTMLButtonElement).disabled = whole && !this.#chosen;
    strip.toggleAttribute('data-chosen', this.#chosen);
  }

  #loop() {
    const video = this.#preview;
    if (!video || video.paused) return;
    if (video.currentTime >= this.#at.end || video.currentTime < this.#at.start - STEP) video.currentTime = this.#at.start;
  }

  #play() {
    if (!this.#preview) return;
    this.#preview.currentTime = this.#at.start;
    this.#preview.play().catch(() => undefined);
  }
}

/**
 * @param {HTMLElement} grip
 * @returns {Grip}
 */
function nameOf(grip) {
  return /** @type {Grip} */ (grip.dataset['grip']);
}

customElements.define('kept-trimmer', KeptTrimmer);
