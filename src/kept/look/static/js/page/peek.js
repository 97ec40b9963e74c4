// [data-peek=ID]: shows and hides what was typed into a password field.

/** Listens for every such button of the page. */
export function listenForPeeks() {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-peek]') : null;
    const field = button && document.getElementById(button.getAttribute('data-peek') ?? '');
    if (!button || !(field instanceof HTMLInputElement)) return;
    const shown = field.type === 'password';
    field.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
    field.focus();
  });
}
