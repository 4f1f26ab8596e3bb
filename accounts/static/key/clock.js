// The server's time on a phone whose own clock may be wrong.

const TELL_SECONDS = 15; // from here on the person is told
const CORRECT_SECONDS = 12 * 3600; // more than this is not corrected

let ahead = 0; // by how many milliseconds the phone is fast; below zero it is slow

export const setAhead = (milliseconds) => (ahead = milliseconds);
export const secondsAhead = () => Math.round(ahead / 1000);
export const isWrong = () => Math.abs(ahead) > TELL_SECONDS * 1000;
export const isCorrected = () => Math.abs(ahead) <= CORRECT_SECONDS * 1000;

/** The server's time now in milliseconds, or the phone's own where the difference is beyond belief. */
export const now = () => Date.now() - (isCorrected() ? ahead : 0);

/** The server's time for a signed call: whole seconds, corrected whatever the difference. */
export const signingTime = () => Math.floor((Date.now() - ahead) / 1000);

/**
 * Learn from one contact: the server said `seconds` (cut to whole ones) at some moment between `sent` and `got`.
 * A slow answer says little, and changes nothing while the difference is within what it leaves open.
 */
export function learn(seconds, sent, got) {
  const found = (sent + got) / 2 - (seconds * 1000 + 500);
  const unsure = (got - sent) / 2 + 500;
  if (unsure < 5000 || Math.abs(found - ahead) > unsure) ahead = found;
}
