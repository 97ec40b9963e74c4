// Minutes of watching, told one by one while something plays: only for whom a limit is set. The server decides what they
// mean; when the day is used up, the page that it has for that is shown.
import { askFor } from '../page/asking.js';

const MINUTE_MS = 60_000;
const LOOK_MS = 5_000;

/**
 * @param {string} address where a minute is told
 * @param {() => boolean} plays whether something plays now
 */
export function tellMinutes(address, plays) {
  let watched = MINUTE_MS; // the first minute counts from its start
  setInterval(async () => {
    if (document.hidden || !plays()) return;
    watched += LOOK_MS;
    if (watched < MINUTE_MS) return;
    watched = 0;
    const answer = await askFor(address, { method: 'POST' }).catch(() => null);
    if (answer?.ok && (await answer.json()).over) location.assign('/');
  }, LOOK_MS);
}
