// <kept-camera>: records with the device's camera, and hands out the recording while it is made.
// Events: kept-recording {type}, kept-chunk {blob}, kept-recorded.
import { maybe, one, wordsOf } from './page/dom.js';

const EVERY_MS = 1000;
const COUNT_FROM = 3;
const TYPES = [
  'video/mp4;codecs=avc1.42E01E,mp4a.40.2', 'video/mp4;codecs=avc1,mp4a.40.2', 'video/mp4',
  'video/webm;codecs=vp9,opus', 'video/webm;codecs=vp8,opus', 'video/webm',
];

class KeptCamera extends HTMLElement {
  #words = wordsOf(this);
  /** @type {MediaStream | null} */
  #stream = null;
  /** @type {MediaRecorder | null} */
  #recorder = null;
  /** @type {'user' | 'environment'} */
  #facing = 'user';
  #waits = false;
  #recorded = 0;
  #ticking = 0;

  connectedCallback() {
    this.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('[data-camera]') : null;
      if (button instanceof HTMLElement) this.#press(button.dataset['camera'] ?? '', button);
    });
  }

  disconnectedCallback() {
    this.close();
  }

  /** Whether this browser can record at all. */
  static get able() {
    return 'MediaRecorder' in window && Boolean(navigator.mediaDevices?.getUserMedia);
  }

  /** Asks for the camera and shows what it sees. */
  async open() {
    this.#trouble('');
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: this.#facing, width: { ideal: 1080 }, height: { ideal: 1920 }, frameRate: { ideal: 30 } },
        audio: true,
      });
    } catch (problem) {
      const denied = problem instanceof DOMException && problem.name === 'NotAllowedError';
      this.#trouble(this.#words(denied ? 'denied' : 'missing'));
      return;
    }
    const view = one(this, 'video', HTMLVideoElement);
    view.srcObject = this.#stream;
    view.classList.toggle('camera-mirror', this.#facing === 'user');
    await view.play().catch(() => undefined);
  }

  /** Lets go of the camera. A recording that runs is ended. */
  close() {
    if (this.#recorder && this.#recorder.state !== 'inactive') this.#recorder.stop();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
  }

  /**
   * @param {string} key
   * @param {HTMLElement} button
   */
  #press(key, button) {
    if (key === 'flip') this.#flip();
    else if (key === 'timer') {
      this.#waits = !this.#waits;
      button.setAttribute('aria-pressed', String(this.#waits));
    } else if (key === 'pause') this.#pause(button);
    else if (this.#recorder) this.close();
    else if (key === 'shutter' && this.#stream) this.#count();
  }

  #flip() {
    this.#facing = this.#facing === 'user' ? 'environment' : 'user';
    this.close();
    this.open();
  }

  async #count() {
    const place = one(this, '.camera-count', HTMLElement);
    for (let left = this.#waits ? COUNT_FROM : 0; left > 0; left--) {
      place.textContent = String(left);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    place.textContent = '';
    if (this.#stream) this.#record(this.#stream);
  }

  /** @param {MediaStream} stream */
  #record(stream) {
    const type = TYPES.find((candidate) => MediaRecorder.isTypeSupported(candidate));
    const recorder = new MediaRecorder(stream, { ...(type ? { mimeType: type } : {}), videoBitsPerSecond: 5_000_000 });
    this.#recorder = recorder;
    this.#recorded = 0;
    recorder.ondataavailable = (event) => this.#tell('kept-chunk', { blob: event.data });
    recorder.onerror = () => this.#trouble(this.#words('failed'));
    recorder.onstop = () => {
      clearInterval(this.#ticking);
      this.#recorder = null;
      this.#controls(false);
      this.close();
      this.#tell('kept-recorded', {});
    };
    recorder.start(EVERY_MS);
    this.#tell('kept-recording', { type: recorder.mimeType });
    this.#controls(true);
    this.#ticking = window.setInterval(() => this.#tick(recorder), 100);
  }

  /** @param {MediaRecorder} recorder */
  #tick(recorder) {
    if (recorder.state === 'recording') this.#recorded += 0.1;
    const seconds = Math.floor(this.#recorded);
    one(this, '.camera-time', HTMLElement).textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    if (this.#recorded >= Number(this.dataset['seconds']) && recorder.state !== 'inactive') recorder.stop();
  }

  /** @param {HTMLElement} button */
  #pause(button) {
    const recorder = this.#recorder;
    if (!recorder) return;
    const paused = recorder.state === 'paused';
    if (paused) recorder.resume();
    else recorder.pause();
    button.setAttribute('aria-pressed', String(!paused));
  }

  /** @param {boolean} recording */
  #controls(recording) {
    for (const key of ['flip', 'timer']) one(this, `[data-camera="${key}"]`, HTMLElement).hidden = recording;
    for (const key of ['pause', 'done']) one(this, `[data-camera="${key}"]`, HTMLElement).hidden = !recording;
    const shutter = one(this, '[data-camera="shutter"]', HTMLElement);
    shutter.setAttribute('aria-pressed', String(recording));
    shutter.setAttribute('aria-label', this.#words(recording ? 'stop' : 'start'));
  }

  /**
   * @param {string} kind
   * @param {Record<string, unknown>} detail
   */
  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  /** @param {string} text */
  #trouble(text) {
    const place = maybe(this, '.camera-trouble', HTMLElement);
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }
}

export { KeptCamera };
customElements.define('kept-camera', KeptCamera);
