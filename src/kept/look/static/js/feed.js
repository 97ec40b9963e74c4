// <kept-feed>: one clip at a time, poster first, the next one ready before it is asked for.
import './page/comments.js';
import { still, wordsOf } from './page/dom.js';
import { toast } from './page/toasts.js';
import { Captions } from './feed/captions.js';
import { burst, heartOf, keepCounting, press, takeHearts } from './feed/hearts.js';
import { listenForKeys } from './feed/keys.js';
import { fetchMore } from './feed/more.js';
import { tellMinutes } from './feed/minutes.js';
import { Pool } from './feed/pool.js';
import { Sound } from './feed/sound.js';
import { takeUnwanted } from './feed/unwanted.js';
import { tellWatched } from './feed/watched.js';

const SEEN = 0.6; // the share of a clip that must be in view for it to play
const AHEAD_S = 3; // seconds of this clip that must be here before the next one is fetched
const EARLY = 3; // cards before the end at which more are asked for

class KeptFeed extends HTMLElement {
  #sound = new Sound();
  #captions = new Captions();
  #pool = new Pool((video) => this.#listenTo(video));
  #words = wordsOf(this);
  /** @type {HTMLElement | null} */
  #active = null;
  #fetching = false;
  #watcher = new IntersectionObserver((entries) => this.#look(entries), { root: this, threshold: SEEN });

  connectedCallback() {
    for (const clip of this.#clips) this.#watcher.observe(clip);
    const first = this.#clips[0];
    if (first) this.#pool.adopt(first);
    listenForKeys((move) => this.#do(move, true));
    document.addEventListener('click', (event) => this.#pressed(event));
    this.addEventListener('dblclick', (event) => this.#tappedTwice(event));
    takeHearts(this.#words('not_liked'));
    keepCounting(() => this.#active);
    const minute = this.dataset['minute'];
    if (minute) tellMinutes(minute, () => this.#video?.paused === false);
    const watched = this.dataset['watched'];
    if (watched) tellWatched(watched, () => this.#inView);
    takeUnwanted(this.#words);
    document.addEventListener('visibilitychange', () => this.#visible());
    addEventListener('online', () => this.#more());
    this.#tellSound();
    requestAnimationFrame(() => this.#draw());
  }

  /** @returns {HTMLElement[]} */
  get #clips() {
    return /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.clip')]);
  }

  get #video() {
    return this.#active && this.#pool.of(this.#active);
  }

  get #inView() {
    const [clip, video] = [this.#active, this.#video];
    return clip && video && { clip, video };
  }

  /** Whether clips start by themselves: not under reduced motion, and not where data is to be saved. */
  get #starts() {
    return !still() && !this.#saves;
  }

  get #saves() {
    const { connection } = /** @type {{ connection?: { saveData?: boolean } }} */ (navigator);
    return this.hasAttribute('data-save') || connection?.saveData === true;
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #look(entries) {
    const seen = entries.find((entry) => entry.isIntersecting);
    if (seen?.target instanceof HTMLElement) this.#activate(seen.target);
  }

  /** @param {HTMLElement} clip */
  #activate(clip) {
    if (clip === this.#active) return;
    this.#video?.pause();
    this.#active?.removeAttribute('data-active');
    this.#active = clip;
    clip.setAttribute('data-active', '');
    const clips = this.#clips;
    const at = clips.indexOf(clip);
    const around = this.#saves ? [clip] : [clip, clips[at + 1], clips[at - 1]];
    this.#pool.lendTo(around.filter((near) => near !== undefined));
    this.#offerMore(clip);
    if (this.#starts) this.#play();
    else this.#say('paused');
    if (at >= clips.length - EARLY) this.#more();
  }

  async #play() {
    const video = this.#video;
    if (!video) return;
    video.preload = 'auto';
    video.muted = !this.#sound.on;
    try {
      await video.play();
    } catch (problem) {
      // A browser may refuse sound before the first touch: then silently, with the way to sound in view.
      const refused = problem instanceof DOMException && problem.name === 'NotAllowedError';
      if (refused && !video.muted) {
        video.muted = true;
        await video.play().catch(() => this.#say('paused'));
      } else if (refused) this.#say('paused');
    }
    this.#tellSound();
  }

  /**
   * @param {import('./feed/keys.js').Move | string} move
   * @param {boolean} byKey
   */
  #do(move, byKey) {
    if (move === 'next') this.#go(1, byKey);
    else if (move === 'previous') this.#go(-1, byKey);
    else if (move === 'sound') this.#setSound(this.#video ? this.#video.muted : !this.#sound.on);
    else if (move === 'sound-on') this.#setSound(true);
    else if (move === 'captions') this.#turnCaptions();
    else if (move === 'like') this.#like();
    else if (move === 'toggle' && !byKey && !this.#sound.chosen && this.#video && !this.#video.paused) this.#setSound(true);
    else if (move === 'toggle' || move === 'toggle-active') this.#toggle();
  }

  /**
   * @param {number} by
   * @param {boolean} byKey
   */
  #go(by, byKey) {
    const clips = this.#clips;
    const at = this.#active ? clips.indexOf(this.#active) : 0;
    const next = clips[at + by];
    const end = by > 0 ? this.querySelector('.feed-next, .feed-end') : null;
    (next ?? end)?.scrollIntoView({ behavior: still() ? 'instant' : 'smooth', block: 'start' });
    if (byKey && next) next.focus({ preventScroll: true });
  }

  #like() {
    const form = this.#active && heartOf(this.#active);
    if (form) form.requestSubmit();
  }

  /**
   * Twice on a clip likes it; whoever likes it already goes on liking it.
   * @param {MouseEvent} event
   */
  #tappedTwice(event) {
    const clip = event.target instanceof Element ? event.target.closest('.clip') : null;
    const form = clip instanceof HTMLElement && heartOf(clip);
    if (!form || (event.target instanceof Element && event.target.closest('.rail, .clip-foot'))) return;
    burst(clip, event);
    this.#play(); // the two taps by themselves may have paused it
    press(form, true, this.#words('not_liked'));
  }

  #toggle() {
    const video = this.#video;
    if (!video) return;
    if (video.paused) this.#play();
    else video.pause();
  }

  /** @param {boolean} on */
  #setSound(on) {
    this.#sound.choose(on);
    if (this.#video) this.#video.muted = !on;
    this.#tellSound();
    if (on && this.#video?.paused) this.#play();
  }

  #tellSound() {
    const heard = this.#video ? !this.#video.muted : this.#sound.on;
    for (const button of document.querySelectorAll('[data-feed="sound"]')) button.setAttribute('aria-pressed', String(heard));
    const hint = document.querySelector('[data-feed="sound-on"]');
    if (hint instanceof HTMLElement) hint.hidden = heard || (this.#sound.chosen && !this.#sound.on);
    this.#captions.tell(this.#active, this.#video, heard);
  }

  #turnCaptions() {
    const heard = this.#video ? !this.#video.muted : this.#sound.on;
    this.#captions.turn(heard);
    this.#captions.tell(this.#active, this.#video, heard);
  }

  /** @param {MouseEvent} event */
  #pressed(event) {
    const button = event.target instanceof Element ? event.target.closest('[data-feed]') : null;
    if (!button) return;
    const move = button.getAttribute('data-feed') ?? '';
    if (move === 'more') this.#unfold(button);
    else this.#do(move, false);
  }

  /** @param {Element} button */
  #unfold(button) {
    const open = button.getAttribute('aria-expanded') !== 'true';
    button.setAttribute('aria-expanded', String(open));
    button.textContent = this.#words(open ? 'less' : 'more');
  }

  /** @param {HTMLElement} clip */
  #offerMore(clip) {
    const text = clip.querySelector('.clip-text');
    const button = clip.querySelector('.clip-more');
    if (!text || !(button instanceof HTMLElement) || button.getAttribute('aria-expanded') === 'true') return;
    button.hidden = text.scrollHeight <= text.clientHeight + 1;
  }

  #visible() {
    if (document.hidden) this.#video?.pause();
    else if (this.#starts) this.#play();
  }

  async #more() {
    if (this.#fetching) return;
    this.#fetching = true;
    this.setAttribute('aria-busy', 'true');
    try {
      if (await fetchMore(this)) {
        for (const clip of this.#clips) this.#watcher.observe(clip);
        this.#tellSound();
      }
    } catch {
      if (!navigator.onLine) toast(this.#words('offline'));
    } finally {
      this.#fetching = false;
      this.removeAttribute('aria-busy');
    }
  }

  /** @param {HTMLVideoElement} video */
  #listenTo(video) {
    video.addEventListener('playing', () => video === this.#video && this.#say('playing'));
    video.addEventListener('pause', () => video === this.#video && !document.hidden && this.#say('paused'));
    video.addEventListener('error', () => this.#failed(video));
    for (const kind of ['progress', 'timeupdate']) video.addEventListener(kind, () => this.#ahead(video));
  }

  /** @param {'playing' | 'paused'} state */
  #say(state) {
    if (this.#active) this.#active.dataset['state'] = state;
    for (const button of document.querySelectorAll('[data-feed="toggle-active"]')) {
      button.setAttribute('data-playing', String(state === 'playing'));
    }
  }

  /**
   * Fetches the next clip once enough of this one is here.
   * @param {HTMLVideoElement} video
   */
  #ahead(video) {
    if (video !== this.#video || this.#saves || !video.buffered.length) return;
    const end = video.buffered.end(video.buffered.length - 1);
    if (end - video.currentTime < AHEAD_S && end < video.duration - 0.1) return;
    const clips = this.#clips;
    const next = this.#active && clips[clips.indexOf(this.#active) + 1];
    const waiting = next && this.#pool.of(next);
    if (waiting && waiting.preload !== 'auto') waiting.preload = 'auto';
  }

  /**
   * An address that has run out is asked for again, once; a clip that is gone says so.
   * @param {HTMLVideoElement} video
   */
  #failed(video) {
    const clip = this.#clips.find((one) => this.#pool.of(one) === video);
    if (!clip || !navigator.onLine) return;
    const again = clip.dataset['again'];
    if (again && !video.src.endsWith(again)) {
      video.src = again;
      if (clip === this.#active && this.#starts) this.#play();
      return;
    }
    if (clip.querySelector('.clip-gone')) return;
    const gone = document.createElement('p');
    gone.className = 'clip-gone';
    gone.textContent = this.#words('gone');
    clip.append(gone);
  }

  /** Draws how far the clip has come, as often as the screen is drawn, while it plays. */
  #draw() {
    const video = this.#video;
    const line = this.#active?.querySelector('.clip-progress span');
    if (video?.duration && line instanceof HTMLElement && (!video.paused || !line.style.transform)) {
      line.style.transform = `scaleX(${(video.currentTime / video.duration).toFixed(4)})`;
    }
    requestAnimationFrame(() => this.#draw());
  }
}

customElements.define('kept-feed', KeptFeed);
