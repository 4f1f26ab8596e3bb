// What the phone holds: its signing key, and a seed per account. No script can read the bytes of either.
//
// Where the lock gives a secret of its own (fingerprint or face with WebAuthn's PRF), both are kept on disk as
// ciphertext under that secret and become keys in memory only. Else they are kept as keys that cannot be exported.

import { base64url, fromBase32, random, utf8 } from "./bytes.js";
import * as store from "./store.js";

const SIGNING = { name: "ECDSA", namedCurve: "P-256" };
const KINDS = {
  seed: ["raw", { name: "HMAC", hash: "SHA-1" }],
  signing: ["pkcs8", SIGNING],
};

const imported = (kind, bytes) => crypto.subtle.importKey(KINDS[kind][0], bytes, KINDS[kind][1], false, ["sign"]);

/** Make of secret bytes what may lie on disk, and clear them. */
async function keep(kind, bytes, wrapper) {
  try {
    if (!wrapper) return await imported(kind, bytes);
    const iv = random(12);
    const how = { name: "AES-GCM", iv, additionalData: utf8(kind) };
    return { iv, encrypted: await crypto.subtle.encrypt(how, wrapper, bytes) };
  } finally {
    new Uint8Array(bytes.buffer ?? bytes).fill(0);
  }
}

/** Make a key of what lies on disk. */
async function take(kind, kept, wrapper) {
  if (kept instanceof CryptoKey) return kept;
  const how = { name: "AES-GCM", iv: kept.iv, additionalData: utf8(kind) };
  const bytes = await crypto.subtle.decrypt(how, wrapper, kept.encrypted);
  try {
    return await imported(kind, bytes);
  } finally {
    new Uint8Array(bytes).fill(0);
  }
}

/** Make this phone's signing key. `key` signs; `kept` may lie on disk; `publicKey` is x and y for the server. */
export async function makeSigning(wrapper) {
  const pair = await crypto.subtle.generateKey(SIGNING, Boolean(wrapper), ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const publicKey = base64url(point.slice(1));
  if (!wrapper) return { key: pair.privateKey, kept: pair.privateKey, publicKey };
  const kept = await keep("signing", await crypto.subtle.exportKey("pkcs8", pair.privateKey), wrapper);
  return { key: await take("signing", kept, wrapper), kept, publicKey };
}

export const openSigning = (phone, wrapper) => take("signing", phone.signing, wrapper);

/** Sign a text: r and s, 64 bytes, base64url. */
export async function sign(key, text) {
  return base64url(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, utf8(text)));
}

/** Keep the accounts of a pairing as the server gave them; they are `pending` until the server lists them. */
export async function addAccounts(given, pairing, wrapper) {
  const records = [];
  for (const { key, account, realm, label, secret, digits, period } of given) {
    const known = await store.get("accounts", key);
    const seed = known?.seed ?? (await keep("seed", fromBase32(secret), wrapper));
    records.push([key, { key, account, realm, label, digits, period, seed, pairing, pinned: false }]);
  }
  await store.putAll("accounts", records);
}

/** Return all accounts, each with its `code` key. */
export async function openAccounts(wrapper) {
  const records = await store.all("accounts");
  return Promise.all(records.map(async (one) => ({ ...one, code: await take("seed", one.seed, wrapper) })));
}

/** Change what is kept about one account beside its seed. */
export const changeAccount = (key, facts) => store.change("accounts", key, (record) => ({ ...record, ...facts }));
export const forgetAccount = (key) => store.remove("accounts", key);
