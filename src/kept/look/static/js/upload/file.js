// What can be known of a chosen file before it is sent.

const PATIENCE_MS = 4000;

/**
 * How long a clip is in seconds, from the element that shows it; null when this browser cannot tell. The server decides.
 * @param {Blob} clip
 * @param {HTMLVideoElement} video already pointed at the clip
 * @returns {Promise<number | null>}
 */
export function seen(clip, video) {
  if (!clip.size) return Promise.resolve(null);
  return new Promise((resolve) => {
    const known = () => resolve(Number.isFinite(video.duration) ? video.duration : null);
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) known();
    video.addEventListener('loadedmetadata', known, { once: true });
    video.addEventListener('error', () => resolve(null), { once: true });
    setTimeout(() => resolve(null), PATIENCE_MS);
  });
}

/**
 * A size as people read it.
 * @param {number} bytes
 */
export function megabytes(bytes) {
  const size = bytes / 1e6;
  return size < 10 ? size.toFixed(1) : String(Math.round(size));
}

/**
 * A length as `2:03`.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
