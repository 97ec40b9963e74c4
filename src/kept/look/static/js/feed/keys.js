// The keyboard of the feed: j, k, arrows and page keys move, space plays and pauses, m turns the sound on and off, c the
// captions, l likes.

/** @typedef {'next' | 'previous' | 'toggle' | 'sound' | 'captions' | 'like'} Move */

/** @type {Record<string, Move>} */
const KEYS = {
  j: 'next', ArrowDown: 'next', PageDown: 'next',
  k: 'previous', ArrowUp: 'previous', PageUp: 'previous',
  ' ': 'toggle', m: 'sound', c: 'captions', l: 'like',
};

/**
 * Calls `act` for the keys of the feed; whoever is typing, or pressing a button with the space bar, is left alone.
 * @param {(move: Move) => void} act
 */
export function listenForKeys(act) {
  document.addEventListener('keydown', (event) => {
    const move = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest('input, textarea, select, dialog, [contenteditable]')) return;
    if (move === 'toggle' && target?.closest('a, button, summary')) return;
    event.preventDefault();
    act(move);
  });
}
