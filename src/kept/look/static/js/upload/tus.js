// A resumable upload: the client half of tus 1.0 (core, creation, creation-defer-length, termination).
// The last bytes wait until somebody says publish; the request that brings them carries the caption in Upload-Metadata.
import { patience, send, sentence } from './wire.js';

const CHUNK = 2 * 1024 * 1024;
const HELD_BACK = 16 * 1024;
const TRIES = 30;
/** @type {Record<string, string>} */
const VERSION = { 'Tus-Resumable': '1.0.0' };

/**
 * @typedef {import('./source.js').Source} Source
 * @typedef {import('./wire.js').Answer} Answer
 * @typedef {'uploading' | 'waiting' | 'ready' | 'finishing' | 'signed_out'} Phase
 *
 * @typedef {object} Listener what an upload tells whoever started it
 * @property {(sent: number, total: number | null) => void} moved
 * @property {(phase: Phase) => void} phase
 * @property {(url: string, offset: number) => void} reached bytes that the server has for certain
 * @property {() => void} restarted
 */

/** The server will not take this upload; the message is for people, and may be empty. */
export class Refused extends Error {}

export class Upload {
  #source;
  #endpoint;
  #listener;
  #metadata;
  #url = '';
  #offset = 0;
  #tries = 0;
  /** @type {Record<string, string> | null} */
  #words = null;
  #stop = new AbortController();
  /** @type {() => void} */
  #release = () => undefined;
  #told;

  /**
   * @param {Source} source
   * @param {{ endpoint: string, metadata: Record<string, string>, resume?: string }} how
   * @param {Listener} listener
   */
  constructor(source, how, listener) {
    this.#source = source;
    this.#endpoint = how.endpoint;
    this.#metadata = how.metadata;
    this.#url = how.resume ?? '';
    this.#listener = listener;
    /** @type {Promise<void>} */
    this.#told = new Promise((resolve) => (this.#release = resolve));
  }

  /**
   * Sends everything; resolves with the clip's id once the last byte is there, with null when it was cancelled.
   * @returns {Promise<string | null>}
   */
  async run() {
    if (this.#url && !(await this.#ask())) this.#url = '';
    while (!this.#stop.signal.aborted) {
      if (!this.#url && !(await this.#create())) continue;
      const end = await this.#next();
      if (this.#stop.signal.aborted) break;
      const clip = await this.#patch(end);
      if (clip !== null) return clip;
    }
    return null;
  }

  /**
   * Lets the last bytes go, with what is to be said of the clip.
   * @param {Record<string, string>} words
   */
  publish(words) {
    this.#words = words;
    this.#release();
  }

  /** Stops, and asks the server to delete what it has (tus termination). */
  async cancel() {
    this.#stop.abort();
    this.#release();
    if (this.#url) await send('DELETE', this.#url, VERSION);
  }

  /** Where the next request ends. Waits for a recording to grow, and for the word at the end. */
  async #next() {
    const source = this.#source;
    for (;;) {
      const last = source.ended ? source.available : Infinity;
      const open = this.#words ? last : last - Math.min(HELD_BACK, source.available);
      const end = Math.min(this.#offset + CHUNK, open, source.available);
      const enough = source.ended || end - this.#offset >= CHUNK / 8;
      if (end > this.#offset && enough) return end;
      if (this.#words && source.ended) return source.available;
      if (source.ended) this.#listener.phase('ready');
      await (source.ended ? this.#told : source.more());
      if (this.#stop.signal.aborted) return end;
    }
  }

  async #create() {
    const { ended, available } = this.#source;
    /** @type {Record<string, string>} */
    const headers = { ...VERSION, 'Upload-Metadata': encode(this.#metadata) };
    if (ended) headers['Upload-Length'] = String(available);
    else headers['Upload-Defer-Length'] = '1';
    const answer = await send('POST', this.#endpoint, headers, { signal: this.#stop.signal });
    if (answer.status === 201) {
      this.#url = new URL(answer.header('Location') ?? '', new URL(this.#endpoint, location.href)).href;
      this.#arrived(0);
      return true;
    }
    if (!ended && answer.status >= 400 && answer.status < 500 && answer.status !== 401) {
      while (!this.#source.ended) await this.#source.more(); // no deferred lengths here: after the recording, then
      return false;
    }
    await this.#trouble(answer);
    return false;
  }

  /**
   * Asks how much the server has: its answer, null when it knows nothing of the upload, true when there is no more need.
   * @returns {Promise<Answer | true | null>}
   */
  async #ask() {
    for (;;) {
      const answer = await send('HEAD', this.#url, VERSION, { signal: this.#stop.signal });
      if (this.#stop.signal.aborted) return true;
      if (answer.status === 200 || answer.status === 204) {
        this.#arrived(Number(answer.header('Upload-Offset') ?? 0));
        return answer;
      }
      if (answer.status === 404 || answer.status === 410 || answer.status === 403) {
        this.#arrived(0);
        this.#listener.restarted();
        return null;
      }
      await this.#trouble(answer);
    }
  }

  /**
   * Sends the bytes up to `end`. The clip's id when these were the last.
   * @param {number} end
   * @returns {Promise<string | null>}
   */
  async #patch(end) {
    const { source, last } = { source: this.#source, last: this.#source.ended && end === this.#source.available };
    this.#listener.phase(last ? 'finishing' : 'uploading');
    /** @type {Record<string, string>} */
    const headers = {
      ...VERSION,
      'Content-Type': 'application/offset+octet-stream',
      'Upload-Offset': String(this.#offset),
      ...(last ? { 'Upload-Length': String(end), 'Upload-Metadata': encode({ ...this.#metadata, ...this.#words }) } : {}),
    };
    const started = this.#offset;
    const answer = await send('PATCH', this.#url, headers, {
      body: source.slice(started, end),
      signal: this.#stop.signal,
      moved: (bytes) => this.#listener.moved(started + bytes, source.ended ? source.available : null),
    });
    if (this.#stop.signal.aborted) return null;
    if (answer.status === 204 || answer.status === 200) {
      this.#arrived(Number(answer.header('Upload-Offset') ?? end));
      return last ? answer.header('Video-Id') ?? '' : null;
    }
    if (![404, 409, 410].includes(answer.status)) await this.#trouble(answer);
    return this.#recover(last);
  }

  /**
   * After a request of which nobody knows how far it came: asks, and goes on from there.
   * @param {boolean} last
   * @returns {Promise<string | null>}
   */
  async #recover(last) {
    const found = await this.#ask();
    if (found === null) this.#url = '';
    else if (found !== true && last && this.#offset === this.#source.available) return found.header('Video-Id') ?? '';
    return null;
  }

  /** @param {number} offset */
  #arrived(offset) {
    if (offset > this.#offset) this.#tries = 0;
    this.#offset = offset;
    this.#listener.reached(this.#url, offset);
    this.#listener.moved(offset, this.#source.ended ? this.#source.available : null);
  }

  /**
   * What can pass is waited for, what cannot is an error.
   * @param {Answer} answer
   */
  async #trouble(answer) {
    if (this.#stop.signal.aborted) return;
    const { status } = answer;
    if (status === 401) this.#listener.phase('signed_out');
    const passes = status === 0 || status === 401 || status === 423 || status === 429;
    if ((!passes && status < 500) || status === 507) throw new Refused(sentence(answer));
    if (status !== 0 && ++this.#tries > TRIES) throw new Refused(sentence(answer));
    if (status === 0) this.#listener.phase('waiting');
    await patience(status === 0 ? Math.min(this.#tries++, 5) : this.#tries, answer.header('Retry-After'), this.#stop.signal);
  }
}

/**
 * Upload-Metadata: keys with their values in base64 of UTF-8.
 * @param {Record<string, string>} values
 */
function encode(values) {
  const parts = Object.entries(values).map(([key, value]) => {
    const bytes = new TextEncoder().encode(value);
    return `${key} ${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))}`;
  });
  return parts.join(',');
}
