// What was written of a clip is not lost on leaving the page: it waits in this tab until it is published or cancelled.

/**
 * Keeps a field as it is typed. Returns what forgets it.
 * @param {HTMLTextAreaElement} field
 * @param {string} account
 */
export function keepDraft(field, account) {
  const place = `kept.draft.${account}`;
  try {
    if (!field.value) field.value = sessionStorage.getItem(place) ?? '';
    field.addEventListener('input', () => sessionStorage.setItem(place, field.value));
    return () => sessionStorage.removeItem(place);
  } catch {
    return () => undefined; // a browser that keeps nothing
  }
}
