// <kept-captions>: the captions of a clip as a list of lines with their times, beside the clip. The form sends them as text.
import { maybe, one, wordsOf } from './page/dom.js';
import { moment, read, timeOf, write } from './page/cues.js';

const LONG_MS = 2000; // how long a new line stands

class KeptCaptions extends HTMLElement {
  #words = wordsOf(this);

  connectedCallback() {
    const track = this.#track;
    if (this.hasAttribute('data-wrong')) return; // what was sent stays as it was written, to be mended
    const cues = read(track.value);
    if (!cues) return;
    for (const cue of cues) this.#append(cue);
    one(this, '[data-part="list"]', HTMLElement).hidden = false;
    one(this, '[data-part="text"]', HTMLDetailsElement).open = false;
    this.#tellEmpty();
    this.addEventListener('click', (event) => this.#pressed(event));
    this.addEventListener('input', (event) => this.#changed(event));
    this.#video?.addEventListener('timeupdate', () => this.#mark());
  }

  get #track() {
    return one(this, '#track', HTMLTextAreaElement);
  }

  get #video() {
    return maybe(this, 'video', HTMLVideoElement);
  }

  /** @returns {HTMLElement[]} */
  get #rows() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.cue')]);
  }

  /** @param {MouseEvent} event */
  #pressed(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-cue]') : null;
    const row = button?.closest('.cue');
    const what = button?.getAttribute('data-cue');
    if (what === 'add') this.#add();
    else if (what === 'play' && row instanceof HTMLElement) this.#play(row);
    else if (what === 'drop' && row instanceof HTMLElement) this.#drop(row);
  }

  #add() {
    const at = Math.round((this.#video?.currentTime ?? 0) * 1000);
    const most = Math.round(Number(this.dataset['seconds']) * 1000) || Infinity;
    const start = Math.max(0, Math.min(at, most - 200));
    const row = this.#append({ start, end: Math.min(start + LONG_MS, most), text: '' });
    this.#order();
    one(row, 'textarea', HTMLTextAreaElement).focus();
    this.#keep();
  }

  /** @param {HTMLElement} row */
  #play(row) {
    const video = this.#video;
    const start = timeOf(one(row, '[name="start"]', HTMLInputElement).value);
    if (!video || start === null) return;
    video.currentTime = start / 1000;
    video.play().catch(() => undefined);
  }

  /** @param {HTMLElement} row */
  #drop(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#keep();
    (next?.querySelector('textarea') ?? one(this, '[data-cue="add"]', HTMLElement)).focus();
  }

  /** @param {import('./page/cues.js').Cue} cue */
  #append(cue) {
    const row = one(one(this, 'template', HTMLTemplateElement).content, '.cue', HTMLElement).cloneNode(true);
    if (!(row instanceof HTMLElement)) throw new TypeError('no row');
    one(row, '[name="start"]', HTMLInputElement).value = moment(cue.start);
    one(row, '[name="end"]', HTMLInputElement).value = moment(cue.end);
    one(row, 'textarea', HTMLTextAreaElement).value = cue.text;
    one(this, '.cues', HTMLElement).append(row);
    return row;
  }

  /** @param {Event} event */
  #changed(event) {
    if (event.target === this.#track) return;
    this.#keep();
  }

  /** Writes the list into the field that is sent; says at a time what is wrong with it. */
  #keep() {
    const cues = [];
    for (const row of this.#rows) {
      const from = one(row, '[name="start"]', HTMLInputElement);
      const to = one(row, '[name="end"]', HTMLInputElement);
      const [start, end] = [timeOf(from.value), timeOf(to.value)];
      from.setCustomValidity(start === null ? this.#words('time') : '');
      to.setCustomValidity(end === null ? this.#words('time') : start !== null && end <= start ? this.#words('before') : '');
      if (start !== null && end !== null) cues.push({ start, end, text: one(row, 'textarea', HTMLTextAreaElement).value });
    }
    cues.sort((a, b) => a.start - b.start);
    this.#track.value = write(cues.filter((cue) => cue.text.trim()));
    this.#tellEmpty();
  }

  #order() {
    const list = one(this, '.cues', HTMLElement);
    const start = (/** @type {HTMLElement} */ row) => timeOf(one(row, '[name="start"]', HTMLInputElement).value) ?? 0;
    for (const row of this.#rows.sort((a, b) => start(a) - start(b))) list.append(row);
  }

  #tellEmpty() {
    one(this, '[data-part="none"]', HTMLElement).hidden = this.#rows.length > 0;
  }

  /** Marks the line that is said now, and shows it on the clip. */
  #mark() {
    const now = (this.#video?.currentTime ?? 0) * 1000;
    /** @type {string[]} */
    const said = [];
    for (const row of this.#rows) {
      const start = timeOf(one(row, '[name="start"]', HTMLInputElement).value) ?? 0;
      const end = timeOf(one(row, '[name="end"]', HTMLInputElement).value) ?? 0;
      const current = start <= now && now < end;
      row.toggleAttribute('data-now', current);
      if (current) said.push(one(row, 'textarea', HTMLTextAreaElement).value);
    }
    const place = one(this, '.clip-captions', HTMLElement);
    place.textContent = said.join('\n');
    place.hidden = said.join('') === '';
  }
}

customElements.define('kept-captions', KeptCaptions);
