// The lock: fingerprint or face where the phone has it, a PIN else.
//
// "prf": the phone's check gives a secret, under which everything is kept as ciphertext.
// "check": the phone can check, but gives no secret; a PIN stands beside it. "pin": a PIN alone.

import { random, utf8 } from "./bytes.js";
import * as store from "./store.js";

const ROUNDS = 600_000; // PBKDF2-HMAC-SHA-256 (OWASP, password storage)
const FREE_TRIES = 3;
const LAST_TRY = 10;
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 3_600_000;
const VERIFIED = 4; // the flag of WebAuthn that says the person was checked

/** Tell whether this phone can check a fingerprint, a face or its own screen lock. */
export async function canCheck() {
  return (await globalThis.PublicKeyCredential?.isUserVerifyingPlatformAuthenticatorAvailable?.()) ?? false;
}

/** Have the phone make the credential of the lock. Returns `{lock, wrapper}`; throws if the person turned it down. */
export async function makeCheck(name) {
  const salt = random(32);
  const made = await navigator.credentials.create({
    publicKey: {
      rp: { name },
      user: { id: random(16), name, displayName: name },
      challenge: random(32),
      pubKeyCredParams: [-7, -257].map((alg) => ({ type: "public-key", alg })),
      authenticatorSelection: {
        authenticatorAttachment: "platform",
        residentKey: "required",
        requireResidentKey: true,
        userVerification: "required",
      },
      extensions: { prf: { eval: { first: salt } } },
    },
  });
  const lock = { kind: "check", credential: new Uint8Array(made.rawId), salt };
  const { prf } = made.getClientExtensionResults();
  if (!prf?.enabled) return { lock, wrapper: null };
  lock.kind = "prf";
  return { lock, wrapper: prf.results?.first ? await wrapperOf(prf.results.first) : await check(lock) };
}

/** Have the phone check its owner. Returns the key that opens the vault, or null where there is none; throws if not. */
export async function check(lock) {
  const got = await navigator.credentials.get({
    publicKey: {
      challenge: random(32),
      allowCredentials: [{ type: "public-key", id: lock.credential }],
      userVerification: "required",
      extensions: lock.kind === "prf" ? { prf: { eval: { first: lock.salt } } } : {},
    },
  });
  const flags = new Uint8Array(got.response.authenticatorData)[32];
  if (!(flags & VERIFIED)) throw new Error("not verified");
  return lock.kind === "prf" ? wrapperOf(got.getClientExtensionResults().prf.results.first) : null;
}

async function wrapperOf(secret) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8("gatehouse-key-lock-v1") };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Make what is kept of a PIN. */
export async function makePin(pin) {
  const salt = random(16);
  return { salt, digest: await stretched(pin, salt), wrong: 0, until: 0 };
}

/** Seconds to wait before the next try; 0 if none. A wait longer than any comes of a clock set back: it is over. */
export function waitOf(pin, now = Date.now()) {
  const left = pin.until - now;
  return left > LONGEST_WAIT ? 0 : Math.max(0, Math.ceil(left / 1000));
}

/** The PIN's record as it is on disk now; undefined once the phone is emptied. */
export const pinNow = async () => (await store.get("phone", "phone"))?.lock.pin;

export const triesLeft = (pin) => LAST_TRY - pin.wrong;

/**
 * Try a PIN: "right", "wrong", "wait", "last" when the tries are used up and the vault must be emptied, or "gone" when
 * the browser has deleted it.
 * The try is counted before the PIN is looked at, so that closing the app or a second tab gains nothing.
 */
export async function tryPin(typed) {
  let verdict = "";
  const phone = await store.change("phone", "phone", (record) => {
    if (waitOf(record.lock.pin) > 0) verdict = "wait";
    return verdict ? record : { ...record, lock: { ...record.lock, pin: counted(record.lock.pin) } };
  });
  if (verdict) return verdict;
  if (!phone) return "gone";
  const { pin } = phone.lock;
  if (same(await stretched(typed, pin.salt), pin.digest)) {
    await forgive();
    return "right";
  }
  return pin.wrong >= LAST_TRY ? "last" : "wrong";
}

function counted(pin) {
  const wrong = pin.wrong + 1;
  const wait = wrong < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (wrong - FREE_TRIES));
  return { ...pin, wrong, until: wait && Date.now() + wait };
}

const forgive = () =>
  store.change("phone", "phone", (record) => {
    return { ...record, lock: { ...record.lock, pin: { ...record.lock.pin, wrong: 0, until: 0 } } };
  });

async function stretched(pin, salt) {
  const base = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return new Uint8Array(await crypto.subtle.deriveBits(how, base, 256));
}

const same = (one, other) => one.reduce((gap, byte, place) => gap | (byte ^ other[place]), 0) === 0;
