// Tells, once a browser, which calls it made when the app was first opened: promise `network.declared`. Of a path only its
// beginning is sent ('/media/'), of another host only its name; never which page, and nothing about who looks. The ticket
// shows that the report comes from a page of ours, so that nobody else's counts.

import { askFor } from './asking.js';

const ADDRESS = '/api/v1/network/first-open';
const PLACE = 'kept.opened';
const AFTER_MS = 2500;

/** Reports the calls of this first open, a moment after the page has come up. */
export function reportFirstOpen() {
  try {
    if (localStorage.getItem(PLACE)) return;
    localStorage.setItem(PLACE, 'yes');
  } catch {
    return; // a browser that keeps nothing would tell at every open
  }
  addEventListener('load', () => setTimeout(report, AFTER_MS));
}

function report() {
  const calls = [...new Set(performance.getEntriesByType('resource').map((entry) => beginning(entry.name)))];
  askFor(ADDRESS, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ calls, ticket: document.body.dataset.opening ?? '' }),
    credentials: 'omit',
    keepalive: true,
  }).catch(() => undefined);
}

/** @param {string} address */
function beginning(address) {
  const url = new URL(address);
  if (url.protocol === 'data:' || url.protocol === 'blob:') return url.protocol;
  if (url.host !== location.host) return url.origin;
  return url.pathname.replace(/^(\/(?:api\/)?[^/]+\/).*/, '$1');
}
