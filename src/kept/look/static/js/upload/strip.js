// Pictures of a clip side by side, drawn from the file on the device.

const PICTURES = 8;
const PATIENCE_MS = 4000;
const BEYOND = 1e7; // seconds: further than any clip goes

/**
 * Seconds that a clip has, also where its file does not say so, as of a recording; null when this browser can't tell.
 * @param {HTMLVideoElement} film
 * @returns {Promise<number | null>}
 */
export async function lengthOf(film) {
  if (!(await happens(film, 'loadedmetadata', () => film.readyState >= HTMLMediaElement.HAVE_METADATA))) return null;
  if (!Number.isFinite(film.duration)) {
    film.currentTime = BEYOND;
    await happens(film, 'durationchange', () => Number.isFinite(film.duration));
  }
  return Number.isFinite(film.duration) ? film.duration : null;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLVideoElement} film
 * @param {number} length
 * @param {() => boolean} wanted
 */
export async function drawStrip(canvas, film, length, wanted) {
  const brush = canvas.getContext('2d');
  const wide = canvas.width / PICTURES;
  for (let number = 0; number < PICTURES && wanted(); number++) {
    film.currentTime = ((number + 0.5) / PICTURES) * length;
    if (!(await happens(film, 'seeked', () => false))) return;
    const scale = Math.max(wide / film.videoWidth, canvas.height / film.videoHeight);
    const [across, down] = [wide / scale, canvas.height / scale];
    const [left, top] = [(film.videoWidth - across) / 2, (film.videoHeight - down) / 2];
    brush?.drawImage(film, left, top, across, down, number * wide, 0, wide, canvas.height);
  }
}

/**
 * Whether something happens to an element, before long, or has already.
 * @param {HTMLVideoElement} film
 * @param {string} event
 * @param {() => boolean} already
 * @returns {Promise<boolean>}
 */
function happens(film, event, already) {
  if (already()) return Promise.resolve(true);
  return new Promise((resolve) => {
    film.addEventListener(event, () => resolve(true), { once: true });
    film.addEventListener('error', () => resolve(false), { once: true });
    setTimeout(() => resolve(false), PATIENCE_MS);
  });
}
