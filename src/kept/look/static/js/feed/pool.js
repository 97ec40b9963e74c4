// Three video elements at most, lent from clip to clip. A phone allows few, and an element that a tap has unmuted stays so.

const MOST = 3;

/**
 * @typedef {object} Loan
 * @property {HTMLVideoElement} video
 * @property {HTMLElement | null} clip
 */

export class Pool {
  /** @type {Loan[]} */
  #loans = [];
  #prepare;

  /** @param {(video: HTMLVideoElement) => void} prepare called once for every element of the pool */
  constructor(prepare) {
    this.#prepare = prepare;
  }

  /**
   * Takes in the element that the server rendered into the first clip.
   * @param {HTMLElement} clip
   */
  adopt(clip) {
    const video = clip.querySelector('video');
    if (!video) return;
    video.controls = false; // they were for a page without modules
    video.tabIndex = -1;
    this.#prepare(video);
    this.#loans.push({ video, clip });
    if (video.error) video.dispatchEvent(new Event('error')); // it failed before anybody listened
  }

  /**
   * The element that a clip has now, if it has one.
   * @param {HTMLElement} clip
   */
  of(clip) {
    return this.#loans.find((loan) => loan.clip === clip)?.video ?? null;
  }

  /** Every element. */
  get videos() {
    return this.#loans.map((loan) => loan.video);
  }

  /**
   * Sees that each of these clips has an element, the first ones first; clips that are not named lose theirs.
   * @param {HTMLElement[]} clips at most three
   */
  lendTo(clips) {
    for (const clip of clips.slice(0, MOST)) {
      if (!this.of(clip)) put(this.#free(clips), clip);
    }
  }

  /**
   * @param {HTMLElement[]} wanted
   * @returns {Loan}
   */
  #free(wanted) {
    const idle = this.#loans.find((loan) => !loan.clip || !wanted.includes(loan.clip));
    if (idle && this.#loans.length >= MOST) return idle;
    const video = document.createElement('video');
    video.className = 'clip-video';
    video.muted = true;
    video.loop = true;
    video.playsInline = true;
    video.tabIndex = -1;
    this.#prepare(video);
    const loan = { video, clip: null };
    this.#loans.push(loan);
    return loan;
  }
}

/**
 * Moves an element over to a clip and points it at the clip's media, without fetching more than its beginning.
 * @param {Loan} loan
 * @param {HTMLElement} clip
 */
function put(loan, clip) {
  const { video } = loan;
  loan.clip = clip;
  video.pause();
  video.replaceChildren();
  video.preload = 'metadata';
  video.poster = clip.querySelector('img:last-of-type')?.getAttribute('src') ?? '';
  video.src = clip.dataset['src'] ?? '';
  if (clip.dataset['captions']) video.append(captionsOf(clip.dataset['captions']));
  clip.querySelector('.clip-stage')?.append(video);
}

/** @param {string} address */
function captionsOf(address) {
  const track = document.createElement('track');
  track.kind = 'captions';
  track.src = address;
  return track;
}
