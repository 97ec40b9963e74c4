// Keeps `<time data-ago>` true while a page stays open. The server wrote the first text; dates older than a year stay.
import { wordsOf } from './dom.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const YEAR = 365 * DAY;

/** @type {[number, number, string][]} */
const STEPS = [[HOUR, MINUTE, 'minutes'], [DAY, HOUR, 'hours'], [WEEK, DAY, 'days'], [YEAR, WEEK, 'weeks']];

function tell() {
  const words = wordsOf(document.body);
  for (const element of document.querySelectorAll('time[data-ago]')) {
    const then = Date.parse(element.getAttribute('datetime') ?? '');
    const seconds = (Date.now() - then) / 1000;
    const step = STEPS.find(([limit]) => seconds < limit);
    if (seconds < MINUTE) element.textContent = words('now');
    else if (step) element.textContent = words(step[2], { n: Math.floor(seconds / step[1]) });
  }
}

/** Starts telling the time, once a minute. */
export function keepTimes() {
  setInterval(tell, MINUTE * 1000);
}
