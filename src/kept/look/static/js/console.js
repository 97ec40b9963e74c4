// The console's keys: j and k move through a list, Enter opens, g asks for data. Forms and links work without it.
/** @returns {HTMLElement[]} */
const rows = () => [...document.querySelectorAll('[data-list] tbody tr')].filter((row) => row instanceof HTMLElement);

/** @param {number} step */
function move(step) {
  const list = rows();
  const at = list.findIndex((row) => row.contains(document.activeElement));
  const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
  next?.querySelector('a')?.focus();
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const target = event.target;
  const writes = target instanceof HTMLElement && target.closest('input, textarea, select');
  if (writes || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.key === 'j') move(1);
  else if (event.key === 'k') move(-1);
  else if (event.key === 'g') location.assign('/console/ask');
  else return;
  event.preventDefault();
}

document.addEventListener('keydown', pressed);
