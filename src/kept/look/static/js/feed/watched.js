// What was watched, told now and then and when the page is left: only in the feed whose member chose that it learns from them.
// The server asks once more whether they did.
import { askFor } from '../page/asking.js';

const EVERY_MS = 10_000;
const LEAST_S = 1; // what was on the screen for less was passed by
const MOST = 50;

/**
 * Tells what plays, as long as this page is open.
 * @param {string} address
 * @param {() => { clip: HTMLElement, video: HTMLVideoElement } | null} inView
 */
export function tellWatched(address, inView) {
  /** @type {Map<string, number>} */
  const seconds = new Map();
  let at = performance.now();
  const look = () => {
    const passed = (performance.now() - at) / 1000;
    at = performance.now();
    const now = inView();
    const clip = now?.clip.dataset['clip'];
    if (!clip || !now || now.video.paused || document.hidden) return;
    seconds.set(clip, (seconds.get(clip) ?? 0) + passed);
  };
  const tell = () => {
    look();
    const clips = [...seconds].filter(([, long]) => long >= LEAST_S).slice(0, MOST).map(([clip, long]) => ({ clip, seconds: long }));
    if (!clips.length) return;
    for (const { clip } of clips) seconds.delete(clip);
    const body = JSON.stringify({ clips });
    const told = askFor(address, { method: 'POST', body, keepalive: true, headers: { 'Content-Type': 'application/json' } });
    told.catch(() => {}); // what is not told is not known, and that is all
  };
  setInterval(look, 250);
  setInterval(tell, EVERY_MS);
  document.addEventListener('visibilitychange', () => document.hidden && tell());
  addEventListener('pagehide', tell);
}
