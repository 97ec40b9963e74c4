// The heart of a clip: a form that works by itself, here without leaving the page. Its number follows what others do.
import { askFor } from '../page/asking.js';
import { maybe, still } from '../page/dom.js';
import { toast } from '../page/toasts.js';

const EVERY_MS = 10_000; // how often the number of the clip in view is asked for

/** @typedef {{ count: number, short: string, full: string, mine: boolean }} Told */

/**
 * Takes over the hearts of this page, now and later ones.
 * @param {string} failed what is said when a like did not arrive
 */
export function takeHearts(failed) {
  document.addEventListener('submit', (event) => {
    const form = event.target instanceof HTMLFormElement ? event.target : null;
    if (!form?.hasAttribute('data-like')) return;
    event.preventDefault();
    press(form, !isPressed(form), failed);
  });
}

/**
 * The heart of a clip; null for whoever can't like it.
 * @param {ParentNode} clip
 */
export function heartOf(clip) {
  return maybe(clip, 'form[data-like]', HTMLFormElement);
}

/**
 * Likes a clip, or takes that back; nothing happens to one that is liked, or not, already.
 * @param {HTMLFormElement} form
 * @param {boolean} wants
 * @param {string} failed
 */
export async function press(form, wants, failed) {
  if (isPressed(form) === wants) return;
  draw(form, wants);
  const body = new URLSearchParams({ wants: wants ? 'yes' : '' });
  try {
    const answer = await askFor(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } });
    if (!answer.ok) throw new Error(`like: ${answer.status}`);
    show(form, await answer.json());
  } catch {
    draw(form, !wants);
    toast(failed);
  }
}

/**
 * Asks now and then how many like the clip in view, as long as it is.
 * @param {() => HTMLElement | null} inView
 */
export function keepCounting(inView) {
  setInterval(async () => {
    const form = document.hidden ? null : inView() && heartOf(/** @type {HTMLElement} */ (inView()));
    const address = form?.dataset['like'];
    if (!form || !address) return;
    const answer = await askFor(address, { headers: { Accept: 'application/json' } }).catch(() => null);
    if (answer?.ok) show(form, await answer.json());
  }, EVERY_MS);
}

/**
 * A heart that rises where a clip was tapped twice.
 * @param {HTMLElement} clip
 * @param {MouseEvent} at
 */
export function burst(clip, at) {
  const drawing = heartOf(clip)?.querySelector('.icon');
  if (!drawing || still()) return;
  const box = clip.getBoundingClientRect();
  const made = document.createElement('span');
  made.className = 'clip-heart';
  made.append(drawing.cloneNode(true));
  made.style.setProperty('inset-inline-start', `${at.clientX - box.left}px`);
  made.style.setProperty('inset-block-start', `${at.clientY - box.top}px`);
  made.addEventListener('animationend', () => made.remove());
  clip.append(made);
}

/** @param {HTMLFormElement} form */
function isPressed(form) {
  return form.querySelector('.like')?.getAttribute('aria-pressed') === 'true';
}

/**
 * @param {HTMLFormElement} form
 * @param {boolean} mine
 */
function draw(form, mine) {
  form.querySelector('.like')?.setAttribute('aria-pressed', String(mine));
  const wants = maybe(form, 'input[name=wants]', HTMLInputElement);
  if (wants) wants.value = mine ? '' : 'yes';
}

/**
 * @param {HTMLFormElement} form
 * @param {Told} told
 */
function show(form, told) {
  draw(form, told.mine);
  const count = maybe(form, '[data-count]', HTMLElement);
  if (!count) return;
  count.textContent = told.short;
  count.title = told.full;
}
