// 'Not interested': a form that works by itself; here the clip goes at once, and can be brought back.
import { askFor } from '../page/asking.js';
import { toast } from '../page/toasts.js';

/**
 * Takes over these forms, now and later ones.
 * @param {(key: string) => string} words
 */
export function takeUnwanted(words) {
  document.addEventListener('submit', async (event) => {
    const form = event.target instanceof HTMLFormElement ? event.target : null;
    const clip = form?.closest('.clip');
    if (!form?.hasAttribute('data-unwanted') || !(clip instanceof HTMLElement)) return;
    event.preventDefault();
    const { action } = form;
    if (!(await said(action, 'no'))) return toast(words('not_said'));
    const after = clip.nextElementSibling;
    clip.remove();
    const back = async () => {
      if (!(await said(action, ''))) return toast(words('not_said'));
      after?.before(clip);
      clip.scrollIntoView({ block: 'start' });
      document.querySelector('.toast')?.remove();
    };
    toast(words('not_interested'), { words: words('undo'), act: back, stays: false });
  });
}

/**
 * @param {string} address
 * @param {'no' | ''} wants
 */
async function said(address, wants) {
  const body = new URLSearchParams({ wants });
  const answer = await askFor(address, { method: 'POST', body, headers: { Accept: 'application/json' } }).catch(() => null);
  return answer?.ok === true;
}
