// [data-bell]: how many notices are new, as it changes. One stream, and only while somebody looks: a page in the background
// holds no connection. Pages of messages have a stream of their own, which brings the number along.
import { wordsOf } from './dom.js';

const EVENTS = '/api/v1/notices/events';
const OWN_STREAM = 'kept-inbox, kept-letters';
const MOST = 99;

/** Listens, on pages that have a bell. */
export function listenForBell() {
  if (!document.querySelector('[data-bell]') || document.querySelector(OWN_STREAM)) return;
  /** @type {EventSource | null} */
  let events = null;
  const look = () => {
    if (document.visibilityState !== 'visible') {
      events?.close();
      events = null;
    } else if (!events) {
      events = new EventSource(EVENTS);
      events.addEventListener('notices', ring);
    }
  };
  document.addEventListener('visibilitychange', look);
  addEventListener('pagehide', () => {
    events?.close();
    events = null;
  });
  addEventListener('pageshow', look);
  look();
}

/**
 * Shows the number that an event brings.
 * @param {MessageEvent<string>} event
 */
export function ring(event) {
  /** @type {{ unread: number }} */
  const { unread } = JSON.parse(event.data);
  const words = wordsOf(document.body);
  for (const count of document.querySelectorAll('[data-bell]')) {
    if (!(count instanceof HTMLElement)) continue;
    count.hidden = unread === 0;
    count.textContent = unread >= MOST ? `${MOST}+` : String(unread);
    const way = count.closest('a');
    if (unread) way?.setAttribute('aria-label', words('bell', { n: unread }));
    else way?.setAttribute('aria-label', words('bell_none'));
  }
}
