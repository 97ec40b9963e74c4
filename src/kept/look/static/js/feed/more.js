// The next cards of the feed, as the server renders them.
import { askFor } from '../page/asking.js';

/**
 * Fetches the cards after the last one and puts them in its place. Returns whether there was anything to fetch.
 * @param {HTMLElement} feed
 * @returns {Promise<boolean>}
 */
export async function fetchMore(feed) {
  const link = feed.querySelector('.feed-next a[data-cards]');
  const address = link?.getAttribute('data-cards');
  const place = link?.closest('.feed-next');
  if (!address || !place) return false;
  const answer = await askFor(address, { headers: { Accept: 'text/html' } });
  if (!answer.ok) throw new Error(`cards: ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  place.replaceWith(...page.body.children);
  return true;
}
