// One request of an upload. XMLHttpRequest, because fetch does not tell how much of a body has been sent.
import { heed, named } from '../page/asking.js';

/**
 * @typedef {object} Answer
 * @property {number} status 0 when nothing came back
 * @property {(name: string) => string | null} header
 * @property {string} text
 */

/**
 * Sends a request and says how much of its body is on its way. Never rejects: no connection is status 0.
 * @param {string} method
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {{ body?: Blob, moved?: (bytes: number) => void, signal?: AbortSignal }} [rest]
 * @returns {Promise<Answer>}
 */
export function send(method, url, headers, rest = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    for (const [name, value] of Object.entries({ ...headers, ...named() })) request.setRequestHeader(name, value);
    const { moved } = rest;
    if (moved) request.upload.onprogress = (event) => moved(event.loaded);
    request.onloadend = () => {
      heed(request.status, request.getResponseHeader('kept-newest'));
      resolve({
        status: request.status,
        header: (name) => request.getResponseHeader(name),
        text: request.responseText,
      });
    };
    rest.signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(rest.body ?? null);
  });
}

/**
 * The sentence for people in an answer that refuses: problem details (RFC 9457), or a short plain text.
 * @param {Answer} answer
 */
export function sentence(answer) {
  try {
    const found = JSON.parse(answer.text)?.detail;
    return typeof found === 'string' ? found : '';
  } catch {
    return answer.text.length < 200 && !answer.text.includes('<') ? answer.text : '';
  }
}

/**
 * Waits before another try: longer each time, with some chance in it, and at once when the connection comes back.
 * @param {number} tries how many tries have failed
 * @param {string | null} [asked] a Retry-After in seconds
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
export function patience(tries, asked, signal) {
  const long = Math.min(15000, 400 * 2 ** tries) * (0.7 + Math.random() * 0.6);
  const wait = Math.max(long, Number(asked ?? 0) * 1000 || 0);
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener('online', go);
      resolve();
    };
    const timer = setTimeout(go, wait);
    addEventListener('online', go, { once: true });
    signal?.addEventListener('abort', go, { once: true });
  });
}
