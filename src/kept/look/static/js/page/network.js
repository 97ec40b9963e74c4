// Tells the platform once which addresses this browser called when the app was first opened, so that the promise about
// declared calls rests on real browsers. Only addresses; nothing about who asks.

const TOLD = 'kept-network-told';
const SETTLED_MS = 3000;

/** Reports the calls of a first open, once for each browser. */
export function tellFirstOpen() {
  try {
    if (localStorage.getItem(TOLD)) return;
    localStorage.setItem(TOLD, '1');
  } catch {
    return; // a browser that keeps nothing would tell again and again
  }
  setTimeout(report, SETTLED_MS);
}

function report() {
  const calls = performance.getEntriesByType('resource').map((entry) => entry.name);
  fetch('/api/v1/network/first-open', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ calls }),
    credentials: 'omit',
    keepalive: true,
  }).catch(() => undefined);
}
