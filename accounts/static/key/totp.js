// Codes of RFC 6238: HMAC-SHA-1 over the number of the time step.

export const stepAt = (seconds, period = 30) => Math.floor(seconds / period);

/** Seconds until the code changes, 1 to the whole period. */
export const secondsLeft = (seconds, period = 30) => Math.ceil(period - (seconds % period));

/** The code of one step. `key` is an HMAC key of WebCrypto whose bytes nobody can read. */
export async function codeOfStep(key, step, digits = 6) {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const cut = mac.getUint32(mac.getUint8(mac.byteLength - 1) & 15) & 0x7fffffff;
  return String(cut % 10 ** digits).padStart(digits, "0");
}

export const codeAt = (key, seconds, { digits = 6, period = 30 } = {}) => codeOfStep(key, stepAt(seconds, period), digits);

/** Two groups, as people read them. */
export const grouped = (code) => `${code.slice(0, code.length / 2)} ${code.slice(code.length / 2)}`;
