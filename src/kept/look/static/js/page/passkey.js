// <kept-passkey>: makes a passkey (data-make) or signs in with one, then sends the form it stands in, with the answer in
// its hidden field. Without WebAuthn it stays hidden, and the form is the form.
import { askFor } from './asking.js';
import { maybe, one, wordsOf } from './dom.js';

class KeptPasskey extends HTMLElement {
  #words = wordsOf(this);

  connectedCallback() {
    if (!('PublicKeyCredential' in window) || !PublicKeyCredential.parseCreationOptionsFromJSON) return;
    this.hidden = false;
    one(this, 'button', HTMLButtonElement).addEventListener('click', () => this.#use());
  }

  async #use() {
    this.#say('');
    const form = this.closest('form');
    const handle = form && maybe(form, 'input[name="handle"]', HTMLInputElement);
    if (!form || (handle && !handle.reportValidity())) return;
    try {
      const credential = await this.#credential(form);
      if (!(credential instanceof PublicKeyCredential)) return this.#say(this.#words('cancelled'));
      one(this, 'input[type="hidden"]', HTMLInputElement).value = JSON.stringify(credential.toJSON());
      form.submit(); // not requestSubmit: the password stays empty
    } catch (problem) {
      const cancelled = problem instanceof DOMException && ['NotAllowedError', 'AbortError'].includes(problem.name);
      this.#say(problem instanceof Unwilling && problem.message ? problem.message : this.#words(cancelled ? 'cancelled' : 'failed'));
    }
  }

  /**
   * Gets the options from the server, and from them a credential from the device.
   * @param {HTMLFormElement} form
   */
  async #credential(form) {
    const answer = await askFor(this.dataset['options'] ?? '', {
      method: 'POST',
      headers: { Accept: 'application/json' },
      body: new URLSearchParams(said(form)),
    });
    const options = await answer.json();
    if (!answer.ok) throw new Unwilling(options?.detail ?? '');
    if (this.hasAttribute('data-make')) {
      return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    }
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  }

  /** @param {string} text */
  #say(text) {
    const place = maybe(this, '.field-error', HTMLElement);
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }
}

/** The server gave no options, and said why. */
class Unwilling extends Error {}

/**
 * What the form says so far, without the password.
 * @param {HTMLFormElement} form
 * @returns {Record<string, string>}
 */
function said(form) {
  /** @type {Record<string, string>} */
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && !/(password|credential)$/.test(name)) values[name] = value;
  }
  return values;
}

customElements.define('kept-passkey', KeptPasskey);
