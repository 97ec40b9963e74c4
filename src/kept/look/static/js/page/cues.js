// Cues of captions, and the plain WebVTT that we write. The server reads it again, strictly.

/**
 * @typedef {object} Cue
 * @property {number} start milliseconds
 * @property {number} end
 * @property {string} text
 */

const TIMES = /^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:\.\d{1,3})?)$/;

/**
 * Milliseconds of `1:02.5`; null for anything else.
 * @param {string} text
 * @returns {number | null}
 */
export function timeOf(text) {
  const found = TIMES.exec(text.trim());
  if (!found) return null;
  const [minutes, seconds] = [Number(found[2]), Number(found[3])];
  return minutes > 59 || seconds >= 60 ? null : Math.round(((Number(found[1] ?? 0) * 60 + minutes) * 60 + seconds) * 1000);
}

/**
 * A moment as people write it: `1:02.5`.
 * @param {number} ms
 */
export function moment(ms) {
  const minutes = Math.floor(ms / 60000);
  const seconds = ((ms % 60000) / 1000).toFixed(3).replace(/0{1,2}$/, '');
  return `${minutes}:${seconds.padStart(2 + 1 + (seconds.split('.')[1] ?? '').length, '0')}`;
}

/**
 * What the server wrote; null where it is something else.
 * @param {string} track
 * @returns {Cue[] | null}
 */
export function read(track) {
  const [head, ...blocks] = track.replaceAll('\r\n', '\n').trim().split(/\n{2,}/);
  if (head !== 'WEBVTT') return null;
  const cues = [];
  for (const block of blocks) {
    const [times = '', ...lines] = block.split('\n');
    const [from = '', to = ''] = times.split(' --> ');
    const [start, end] = [timeOf(from), timeOf(to)];
    if (start === null || end === null) return null;
    cues.push({ start, end, text: plain(lines.join('\n')) });
  }
  return cues;
}

/**
 * @param {Cue[]} cues
 * @returns {string}
 */
export function write(cues) {
  const blocks = cues.map(({ start, end, text }) => `${stamp(start)} --> ${stamp(end)}\n${escaped(text)}`);
  return `${['WEBVTT', ...blocks].join('\n\n')}\n`;
}

/** @param {number} ms */
function stamp(ms) {
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const minutes = Math.floor(ms / 60000);
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(Math.floor(ms / 1000) % 60)}.${String(ms % 1000).padStart(3, '0')}`;
}

/** @param {string} text */
function escaped(text) {
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line);
  return lines.join('\n').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** @param {string} text */
function plain(text) {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
