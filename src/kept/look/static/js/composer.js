// <kept-composer>: choose or record, describe while it uploads, publish, and watch what happens, in words that are true.
import { KeptCamera } from './camera.js';
import { maybe, one, wordsOf } from './page/dom.js';
import { KeptProgress } from './page/progress.js';
import { toast } from './page/toasts.js';
import { keepDraft } from './upload/draft.js';
import { clock, megabytes, seen } from './upload/file.js';
import { Memory } from './upload/remember.js';
import { FileSource, GrowingSource } from './upload/source.js';
import { KeptTrimmer } from './upload/trimmer.js';
import { Refused, Upload } from './upload/tus.js';

/** @typedef {'pick' | 'camera' | 'describe' | 'progress'} Part */

class KeptComposer extends HTMLElement {
  #words = wordsOf(this);
  #memory = new Memory(this.dataset['account'] ?? '');
  /** @type {Upload | null} */
  #upload = null;
  #percent = 0;
  #published = false;
  #drafted = false; // what was said goes with the last bytes, so this is final
  #fleeting = false; // a recording is nowhere but in this page
  #forgetDraft = keepDraft(one(this, '#caption', HTMLTextAreaElement), this.dataset['account'] ?? '');

  connectedCallback() {
    const input = one(this, '#clip', HTMLInputElement);
    input.addEventListener('change', () => input.files?.[0] && this.#choose(input.files[0]));
    this.addEventListener('click', (event) => this.#pressed(event));
    one(this, 'form', HTMLFormElement).addEventListener('submit', (event) => this.#submit(event));
    this.#dropping(one(this, '.drop', HTMLElement));
    this.#recording();
    addEventListener('beforeunload', (event) => this.#fleeting && event.preventDefault());
    this.#remind();
    this.#show('pick');
  }

  get #trimmer() {
    return one(this, 'kept-trimmer', KeptTrimmer);
  }

  get #camera() {
    return maybe(this, 'kept-camera', KeptCamera);
  }

  /** @param {MouseEvent} event */
  #pressed(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-go]') : null;
    const to = button?.getAttribute('data-go');
    if (to === 'camera') {
      this.#show('camera');
      this.#camera?.open();
    } else if (to === 'back') this.#back();
    else if (to === 'cancel') this.#cancel();
  }

  #back() {
    this.#camera?.close();
    this.#preview(null);
    this.#show('pick');
  }

  async #cancel() {
    await this.#upload?.cancel();
    this.#upload = null;
    this.#fleeting = false;
    const input = one(this, '#clip', HTMLInputElement);
    if (input.files?.[0]) this.#memory.forget(input.files[0]);
    input.value = '';
    this.#back();
    toast(this.#words('stopped'));
  }

  /** @param {File} file */
  async #choose(file) {
    const mistake = this.#mistakeOf(file);
    this.#mistake(mistake);
    if (mistake) return;
    const limit = Number(this.dataset['maxSeconds']);
    const seconds = await seen(file, this.#preview(file));
    if (seconds !== null && seconds > limit + 0.5) {
      this.#preview(null);
      this.#mistake(this.#words('too_long', { length: clock(seconds), limit: clock(limit) }));
      return;
    }
    const known = this.#memory.of(file);
    this.#start(new FileSource(file), { filename: file.name, filetype: file.type }, file, known?.url);
  }

  /** @param {File} file */
  #mistakeOf(file) {
    const limit = Number(this.dataset['maxBytes']);
    if (!file.size) return this.#words('empty');
    if (file.type && !file.type.startsWith('video/')) return this.#words('not_video');
    if (file.size > limit) return this.#words('too_large', { size: megabytes(file.size), limit: megabytes(limit) });
    return '';
  }

  #recording() {
    const camera = this.#camera;
    if (!camera) return;
    const button = maybe(this, '[data-go="camera"]', HTMLElement);
    if (button) button.hidden = !KeptCamera.able;
    /** @type {GrowingSource} */
    let source;
    /** @type {Blob[]} */
    let parts = [];
    let type = '';
    camera.addEventListener('kept-recording', (event) => {
      type = /** @type {CustomEvent<{ type: string }>} */ (event).detail.type.split(';')[0] ?? '';
      parts = [];
      source = new GrowingSource();
      this.#start(source, { filename: `clip.${type.split('/')[1] ?? 'webm'}`, filetype: type });
    });
    camera.addEventListener('kept-chunk', (event) => {
      const { blob } = /** @type {CustomEvent<{ blob: Blob }>} */ (event).detail;
      parts.push(blob);
      source.push(blob);
    });
    camera.addEventListener('kept-recorded', () => {
      source.end();
      this.#preview(new Blob(parts, { type }));
      this.#show('describe');
    });
  }

  /**
   * @param {import('./upload/source.js').Source} source
   * @param {Record<string, string>} metadata
   * @param {File} [file] what the browser may remember; a recording cannot be chosen again
   * @param {string} [resume]
   */
  async #start(source, metadata, file, resume) {
    const upload = new Upload(source, { endpoint: this.dataset['endpoint'] ?? '', metadata, ...(resume ? { resume } : {}) }, {
      moved: (sent, total) => this.#moved(sent, total),
      phase: (phase) => this.#phase(phase),
      reached: (url, offset) => file && url && this.#memory.keep(file, url, offset),
      restarted: () => toast(this.#words('restarted')),
    });
    this.#upload = upload;
    this.#published = this.#drafted = false;
    this.#final(false);
    this.#fleeting = !file;
    one(this, '#clip', HTMLInputElement).required = false; // what was recorded or dropped is in no field
    if (file) this.#show('describe');
    try {
      const clip = await upload.run();
      if (clip === null) return;
      if (file) this.#memory.forget(file);
      this.#fleeting = false;
      this.#forgetDraft();
      this.#uploaded(clip);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      if (file) this.#memory.forget(file);
      this.#upload = null;
      this.#back();
      this.#mistake(problem.message || this.#words('refused'));
    }
  }

  /** @param {SubmitEvent} event */
  #submit(event) {
    if (!this.#upload) return; // nothing runs: the form is a form
    event.preventDefault();
    const said = new FormData(one(this, 'form', HTMLFormElement));
    /** @type {Record<string, string>} */
    const words = {};
    for (const name of ['caption', 'audience', 'comments']) {
      const value = said.get(name);
      if (typeof value === 'string') words[name] = value;
    }
    this.#drafted = event.submitter?.getAttribute('data-go') === 'draft';
    this.#published = !this.#drafted;
    if (this.#drafted) words['draft'] = '1';
    this.#upload.publish({ ...words, ...this.#trimmer.words });
    if (this.#published) this.#show('progress');
    else this.#final(true);
  }

  /** @param {boolean} said whether it is said what becomes of the clip: the last bytes carry that, and cannot be called back */
  #final(said) {
    for (const button of this.querySelectorAll('[data-go="publish"], [data-go="draft"]')) button.toggleAttribute('disabled', said);
  }

  /** @param {string} clip */
  #uploaded(clip) {
    if (this.#drafted) return location.assign(this.dataset['drafts'] ?? location.href);
    const page = `${this.dataset['clips'] ?? '/clips/'}${clip}`;
    one(this, '[data-show="clip"]', HTMLAnchorElement).href = page;
    this.#preview(null);
    this.#show('progress');
    one(this, 'kept-progress', KeptProgress).watch(`${page}/state`);
  }

  /**
   * @param {number} sent
   * @param {number | null} total
   */
  #moved(sent, total) {
    this.#percent = total ? Math.floor((sent / total) * 100) : 0;
    const meter = one(this, '.meter progress', HTMLProgressElement);
    if (total) meter.value = this.#percent;
    else meter.removeAttribute('value');
    if (total) this.#tell(this.#words('moved', { percent: this.#percent, done: megabytes(sent), size: megabytes(total) }));
  }

  /** @param {import('./upload/tus.js').Phase} phase */
  #phase(phase) {
    if (phase === 'ready') one(this, '.meter progress', HTMLProgressElement).value = 100;
    if (phase !== 'uploading') this.#tell(this.#words(phase, { percent: this.#percent }));
  }

  /** @param {string} text */
  #tell(text) {
    one(this, '[data-show="moved"]', HTMLElement).textContent = text;
    if (this.#published) one(this, '.progress-now', HTMLElement).textContent = text;
  }

  /**
   * Shows the clip as it will be seen; null takes it away.
   * @param {Blob | null} clip
   * @returns {HTMLVideoElement}
   */
  #preview(clip) {
    const video = one(this, '[data-show="preview"]', HTMLVideoElement);
    if (video.src) URL.revokeObjectURL(video.src);
    video.hidden = !clip;
    if (clip) {
      video.src = URL.createObjectURL(clip);
      video.play().catch(() => undefined);
      this.#trimmer.open(clip, video);
    } else {
      video.removeAttribute('src');
      this.#trimmer.close();
    }
    return video;
  }

  /** @param {string} text */
  #mistake(text) {
    const place = one(this, '[data-show="mistake"]', HTMLElement);
    place.textContent = text;
    place.hidden = !text;
    if (text) one(this, '#clip', HTMLInputElement).value = '';
  }

  #remind() {
    const entry = this.#memory.newest();
    if (!entry) return;
    const percent = Math.floor((entry.offset / entry.size) * 100);
    one(this, '[data-show="unfinished"]', HTMLElement).textContent = this.#words('unfinished', { name: entry.name, percent });
    one(this, '[data-part="unfinished"]', HTMLElement).hidden = false;
  }

  /** @param {HTMLElement} place */
  #dropping(place) {
    for (const kind of ['dragover', 'dragleave', 'drop']) {
      place.addEventListener(kind, (event) => {
        event.preventDefault();
        place.classList.toggle('drop-over', kind === 'dragover');
        const file = event instanceof DragEvent && kind === 'drop' ? event.dataTransfer?.files[0] : null;
        if (file) this.#choose(file);
      });
    }
  }

  /** @param {Part} part */
  #show(part) {
    for (const name of ['pick', 'camera', 'describe', 'progress']) {
      const found = maybe(this, `[data-part="${name}"]`, HTMLElement);
      if (found) found.hidden = name !== part;
    }
    const drafts = maybe(this, '[data-part="drafts"]', HTMLElement);
    if (drafts) drafts.hidden = part !== 'pick';
    one(this, '[data-part="meter"]', HTMLElement).hidden = part !== 'describe';
    one(this, '[data-go="cancel"]', HTMLElement).hidden = part !== 'describe';
    one(this, '[data-go="back"]', HTMLElement).hidden = part === 'pick' || part === 'progress';
    if (part !== 'pick') one(this, '[data-part="unfinished"]', HTMLElement).hidden = true;
  }
}

customElements.define('kept-composer', KeptComposer);
