// What is said in a clip, drawn by us above its caption: while it is silent, or as somebody last chose on this device.

const PLACE = 'kept.captions';

export class Captions {
  /** @type {string | null} */
  #choice = recall();
  /** @type {WeakSet<TextTrack>} */
  #heard = new WeakSet();

  /**
   * Shows or hides the captions of the clip that plays.
   * @param {HTMLElement | null} clip
   * @param {HTMLVideoElement | null} video
   * @param {boolean} sounds
   */
  tell(clip, video, sounds) {
    const shown = this.#shown(sounds);
    for (const button of document.querySelectorAll('[data-feed="captions"]')) button.setAttribute('aria-pressed', String(shown));
    const track = video?.textTracks[0];
    if (!clip || !track) return;
    track.mode = shown ? 'hidden' : 'disabled'; // loaded, and drawn by us
    if (!this.#heard.has(track)) {
      this.#heard.add(track);
      track.addEventListener('cuechange', () => draw(clip, track));
    }
    draw(clip, track);
  }

  /** @param {boolean} sounds */
  turn(sounds) {
    this.#choice = this.#shown(sounds) ? 'off' : 'on';
    try {
      localStorage.setItem(PLACE, this.#choice);
    } catch {
      // A browser that keeps nothing: the choice holds for this page.
    }
  }

  /** @param {boolean} sounds */
  #shown(sounds) {
    return this.#choice === null ? !sounds : this.#choice === 'on';
  }
}

/**
 * @param {HTMLElement} clip
 * @param {TextTrack} track
 */
function draw(clip, track) {
  const place = clip.querySelector('.clip-captions');
  if (!(place instanceof HTMLElement)) return;
  const cues = track.mode === 'disabled' ? [] : [...(track.activeCues ?? [])];
  const said = cues.map((cue) => (/** @type {VTTCue} */ (cue)).getCueAsHTML().textContent).join('\n');
  place.textContent = said;
  place.hidden = said === '';
}

function recall() {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}
