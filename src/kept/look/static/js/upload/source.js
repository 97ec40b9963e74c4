// Where the bytes of an upload come from: a file that is all there, or a recording that still grows.

/**
 * @typedef {object} Source
 * @property {number} available bytes that are here
 * @property {boolean} ended whether `available` is all there will be
 * @property {(from: number, to: number) => Blob} slice
 * @property {() => Promise<void>} more resolves when there are more bytes, or the end
 */

/** @implements {Source} */
export class FileSource {
  ended = true;
  #file;

  /** @param {Blob} file */
  constructor(file) {
    this.#file = file;
  }

  get available() {
    return this.#file.size;
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  slice(from, to) {
    return this.#file.slice(from, to);
  }

  async more() {}
}

/** @implements {Source} */
export class GrowingSource {
  ended = false;
  available = 0;
  /** @type {Blob[]} */
  #parts = [];
  /** @type {(() => void)[]} */
  #waiting = [];

  /** @param {Blob} part */
  push(part) {
    if (!part.size) return;
    this.#parts.push(part);
    this.available += part.size;
    this.#wake();
  }

  end() {
    this.ended = true;
    this.#wake();
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  slice(from, to) {
    return new Blob(this.#parts).slice(from, to);
  }

  /** @returns {Promise<void>} */
  more() {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake() {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
