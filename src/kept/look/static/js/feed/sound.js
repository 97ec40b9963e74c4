// Whether clips sound: silent until somebody asks, and then as they last chose, on this device.

const PLACE = 'kept.sound';

export class Sound {
  /** @type {string | null} */
  #choice = recall();

  get on() {
    return this.#choice === 'on';
  }

  /** Whether anybody ever chose; until then the first tap on a clip asks for sound. */
  get chosen() {
    return this.#choice !== null;
  }

  /** @param {boolean} on */
  choose(on) {
    this.#choice = on ? 'on' : 'off';
    try {
      localStorage.setItem(PLACE, this.#choice);
    } catch {
      // A browser that keeps nothing: the choice holds for this page.
    }
  }
}

function recall() {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}
