// What this browser remembers of uploads that were not finished: where they are, and how far they came. Not the clip.

const LASTS_MS = 24 * 3600 * 1000;

/**
 * @typedef {object} Unfinished
 * @property {string} url
 * @property {string} name
 * @property {number} size
 * @property {number} offset
 * @property {number} at milliseconds since the epoch
 */

export class Memory {
  #start;

  /** @param {string} account keeps the uploads of two members on one device apart */
  constructor(account) {
    this.#start = `kept.upload.${account}.`;
  }

  /**
   * The unfinished upload of just this file.
   * @param {File} file
   * @returns {Unfinished | null}
   */
  of(file) {
    return this.#read(this.#start + fingerprint(file));
  }

  /** Any unfinished upload, the newest first. */
  newest() {
    const found = keys().filter((key) => key.startsWith(this.#start)).map((key) => this.#read(key));
    return found.filter((entry) => entry !== null).sort((a, b) => b.at - a.at)[0] ?? null;
  }

  /**
   * @param {File} file
   * @param {string} url
   * @param {number} offset
   */
  keep(file, url, offset) {
    /** @type {Unfinished} */
    const entry = { url, name: file.name, size: file.size, offset, at: Date.now() };
    try {
      localStorage.setItem(this.#start + fingerprint(file), JSON.stringify(entry));
    } catch {
      // A browser that keeps nothing: the upload still survives a dropped connection, not a closed page.
    }
  }

  /** @param {File} file */
  forget(file) {
    try {
      localStorage.removeItem(this.#start + fingerprint(file));
    } catch {
      // Nothing was kept.
    }
  }

  /**
   * @param {string} key
   * @returns {Unfinished | null}
   */
  #read(key) {
    try {
      const entry = JSON.parse(localStorage.getItem(key) ?? 'null');
      if (entry && Date.now() - entry.at < LASTS_MS) return entry;
      localStorage.removeItem(key);
    } catch {
      // Unreadable, so of no use.
    }
    return null;
  }
}

/**
 * What tells one file of a device from another without reading it.
 * @param {File} file
 */
function fingerprint(file) {
  return [file.size, file.lastModified, file.type, file.name].join('-');
}

function keys() {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}
