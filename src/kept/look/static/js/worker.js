// The service worker. It keeps the shell (styles, modules, the offline page) and nothing else: never a page of anybody's,
// never media. BUILD and SHELL are filled in by the server.

const KEPT = `shell-${'BUILD'}`;
/** @type {string[]} */
const SHELL = ['SHELL'];
const OFFLINE = SHELL.at(-1) ?? '/';

/**
 * The part of a worker's scope that is used here; the compiler's own types are those of a page.
 * @typedef {{ waitUntil(work: Promise<unknown>): void }} Lasting
 * @typedef {Lasting & { request: Request, respondWith(answer: Promise<Response>): void }} Asked
 * @typedef {{
 *   addEventListener(kind: 'install' | 'activate', listener: (event: Lasting) => void): void,
 *   addEventListener(kind: 'fetch', listener: (event: Asked) => void): void,
 *   skipWaiting(): Promise<void>, clients: { claim(): Promise<void> }
 * }} Scope
 */
const scope = /** @type {Scope} */ (/** @type {unknown} */ (self));

scope.addEventListener('install', (event) => {
  const filled = caches.open(KEPT).then((cache) => cache.addAll(SHELL));
  event.waitUntil(filled.then(() => scope.skipWaiting()));
});

scope.addEventListener('activate', (event) => {
  const old = caches.keys().then((names) => names.filter((name) => name !== KEPT));
  const gone = old.then((names) => Promise.all(names.map((name) => caches.delete(name))));
  event.waitUntil(gone.then(() => scope.clients.claim()));
});

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => kept(OFFLINE)));
  else if (SHELL.includes(new URL(request.url).pathname)) event.respondWith(kept(request));
});

/**
 * What is kept, or else what the network says.
 * @param {RequestInfo} request
 */
async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}
