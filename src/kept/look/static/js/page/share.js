// [data-share]: a link that, with modules, opens the device's own share sheet or copies itself.
import { wordsOf } from './dom.js';
import { toast } from './toasts.js';

/** Listens for every share link of the page, also those that come later. */
export function listenForShares() {
  document.addEventListener('click', async (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-share]') : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const url = new URL(link.href).href;
    if (navigator.share && matchMedia('(pointer: coarse)').matches) {
      await navigator.share({ url }).catch(() => undefined); // closing the share sheet is an answer, too
      return;
    }
    await navigator.clipboard.writeText(url);
    toast(wordsOf(document.body)('copied'));
  });
}
