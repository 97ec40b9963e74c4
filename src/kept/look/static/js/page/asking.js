// Every request that a module makes goes through here: it names the version of the page that it was loaded with, and when
// the answer tells of a newer one, the page offers once to reload. A page may stay open for days.
import { wordsOf } from './dom.js';
import { toast } from './toasts.js';

const TOO_OLD = 426;
/** How much this page has said already: nothing, that there is a newer one, that it can't go on. */
let told = 0;

/**
 * The header in which this page names itself.
 * @returns {Record<string, string>}
 */
export function named() {
  return { 'Kept-Client': document.body.dataset.client ?? '' };
}

/**
 * As `fetch`, by a page that names itself.
 * @param {string} address
 * @param {RequestInit & { headers?: Record<string, string> }} [options]
 */
export async function askFor(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { ...options.headers, ...named() } });
  heed(answer.status, answer.headers.get('kept-newest'));
  return answer;
}

/**
 * Says that there is a newer version, or that this page is too old to go on, where an answer tells so; each once.
 * @param {number} status
 * @param {string | null} newest what the answer says in `Kept-Newest`
 */
export function heed(status, newest) {
  const level = status === TOO_OLD ? 2 : newest ? 1 : 0;
  if (level <= told) return;
  told = level;
  const words = wordsOf(document.body);
  const button = { words: words('reload'), act: () => location.reload(), stays: level === 2 };
  toast(words(level === 2 ? 'too_old' : 'newer'), button);
}
