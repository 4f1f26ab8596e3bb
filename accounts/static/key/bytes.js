// Bytes as text and back.

export const utf8 = (text) => new TextEncoder().encode(text);
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** Base64url without padding: the one spelling of the API. */
export function base64url(bytes) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64url(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

/** Base32 of RFC 4648, in which the seed of a Key is written. */
export function fromBase32(text) {
  const signs = text.toUpperCase().replace(/[\s=]/g, "");
  const bytes = [];
  let [held, bits] = [0, 0];
  for (const sign of signs) {
    const value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign);
    if (value < 0) throw new RangeError("not base32");
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) bytes.push((held >> (bits -= 8)) & 0xff);
  }
  return Uint8Array.from(bytes);
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
