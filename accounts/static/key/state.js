// The Key as it stands: locked or open, its accounts, what waits, and how it agrees with the server.

import * as api from "./api.js";
import * as clock from "./clock.js";
import * as push from "./push.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

const TOLD_SECONDS = 5; // the server is told again when the clock's error changes by more
const news = new EventTarget();
let turn = Promise.resolve();
let expiry = 0;

export const key = {
  phone: null, // what is on disk about this phone
  who: null, // its reference and signing key while it is open
  wrapper: null,
  accounts: [],
  waiting: [],
  hasExpired: false, // a request that nobody answered, until that is read
  gone: [],
  isOffline: false,
  least: "0",
};

export const isOpen = () => key.who !== null;
export const isOld = () => api.isOlder(document.body.dataset.version, key.least);
export const onChange = (react) => news.addEventListener("change", react);
export const onEnd = (react) => news.addEventListener("end", (event) => react(event.detail));
const changed = () => news.dispatchEvent(new Event("change"));

/** Read what the phone remembers. */
export async function load() {
  key.phone = (await store.get("phone", "phone")) ?? null;
  key.gone = (await store.get("notes", "gone")) ?? [];
  clock.setAhead((await store.get("notes", "ahead")) ?? 0);
}

/** Open what is kept, all of it or nothing; `wrapper` comes from the lock, null where the lock gives no secret. */
export async function open(wrapper) {
  const who = { reference: key.phone.reference, key: await vault.openSigning(key.phone, wrapper) };
  Object.assign(key, { accounts: await vault.openAccounts(wrapper), who, wrapper });
}

/** Forget in memory what the lock protects. */
export const close = () => Object.assign(key, { who: null, wrapper: null, accounts: [], waiting: [], hasExpired: false });

/** Make one call as this phone. The phone is emptied when the server says that it is turned off. */
export async function call(method, path, facts = null) {
  return watched(() => api.call(key.who, method, path, facts));
}

/** Answer a request as this phone. */
export const answer = (request, said) => watched(() => api.answer(key.who, request, said));

/** Do something that talks to the server, and remember what it showed: the line, the clock, the end of this phone. */
export async function watched(talk) {
  try {
    const facts = await talk();
    await reached(true);
    return facts;
  } catch (failed) {
    await reached(!(failed instanceof api.Unreached));
    if (failed.cause === "Y5") await end(failed.facts.reason ?? "turned_off");
    throw failed;
  }
}

async function reached(is) {
  const before = key.isOffline;
  key.isOffline = !is;
  if (is) await store.put("notes", "ahead", clock.secondsAhead() * 1000);
  if (before === is) changed();
}

/** Empty the phone, and say why. */
export async function end(reason) {
  close();
  key.phone = null;
  await store.wipe({ ended: reason });
  await (await push.subscription().catch(() => null))?.unsubscribe().catch(() => {});
  news.dispatchEvent(new CustomEvent("end", { detail: reason }));
}

/** Seconds in which a request can still be answered, by the server's clock however wrong the phone's is. */
export const secondsLeft = (asked) => Math.max(0, asked.expires_at - clock.signingTime());

/** Keep the requests that can still be answered, and look again when the next one expires: without asking the server. */
export function keepWaiting(requests = key.waiting) {
  const isLate = key.waiting.some((asked) => !secondsLeft(asked));
  key.waiting = requests.filter(secondsLeft);
  key.hasExpired = !key.waiting.length && (isLate || key.hasExpired);
  clearTimeout(expiry);
  if (isLate) changed();
  const next = Math.min(...key.waiting.map(secondsLeft));
  if (key.waiting.length) expiry = setTimeout(() => keepWaiting(), next * 1000);
}

/** The person has read that a request expired. */
export function readExpired() {
  key.hasExpired = false;
  changed();
}

/** Fetch what waits and which Keys live here; forget those that do not. One at a time: no old answer undoes a newer one. */
export const refresh = () => (turn = turn.catch(() => {}).then(refreshNow));

async function refreshNow() {
  let told = await call("GET", "requests/");
  const over = await pairingsOver(told);
  if (over.size) told = await call("GET", "requests/"); // what is over may have come to live since
  key.least = told.min_version;
  keepWaiting(told.requests);
  await agree(told, over);
  await tellClock();
  changed();
}

/** Pairings of Keys that do not live yet, and that the server counts as over. */
async function pairingsOver({ keys }) {
  const living = new Set(keys.map((one) => one.key));
  const unfinished = key.accounts.filter((one) => one.pairing && !living.has(one.key));
  const over = new Set();
  for (const pairing of new Set(unfinished.map((one) => one.pairing))) {
    await call("POST", "confirm/", { pairing }).catch((failed) => {
      if (failed.cause === "Y7") over.add(pairing);
    });
  }
  return over;
}

async function agree(told, over) {
  const living = new Map(told.keys.map((one) => [one.key, one]));
  const reasons = new Map(told.ended.map((one) => [one.key, one.reason]));
  for (const account of key.accounts) {
    const live = living.get(account.key);
    if (live) await follow(account, live);
    else if (!account.pairing || over.has(account.pairing)) await drop(account, reasons.get(account.key));
  }
  key.accounts = key.accounts.filter((one) => living.has(one.key) || (one.pairing && !over.has(one.pairing)));
}

async function follow(account, { account: name, realm, label }) {
  const facts = { account: name, realm, label, pairing: "" };
  if (Object.entries(facts).every(([place, value]) => account[place] === value)) return;
  Object.assign(account, facts);
  await vault.changeAccount(account.key, facts);
}

async function drop(account, reason) {
  await vault.forgetAccount(account.key);
  const why = reason ?? (account.pairing ? "unfinished" : "turned_off");
  key.gone = [...key.gone, { account: account.account, reason: why }];
  await store.put("notes", "gone", key.gone);
}

/** The person has read what is gone. */
export async function readGone() {
  key.gone = [];
  await store.put("notes", "gone", []);
  changed();
}

async function tellClock() {
  const offset = clock.isWrong() ? clock.secondsAhead() : 0;
  const told = (await store.get("notes", "told")) ?? 0;
  if (!clock.isCorrected() || Math.abs(offset - told) <= TOLD_SECONDS) return;
  await call("POST", "clock/", { offset });
  await store.put("notes", "told", offset);
}

/** Take in the accounts of a pairing. A Key that locks itself meanwhile keeps them as it keeps all others. */
export async function take(keys, pairing) {
  const { wrapper } = key;
  await vault.addAccounts(keys, pairing, wrapper);
  await store.put("notes", "pairing", null);
  const accounts = await vault.openAccounts(wrapper);
  if (isOpen()) key.accounts = accounts;
}

export async function togglePin(account) {
  account.pinned = !account.pinned;
  await vault.changeAccount(account.key, { pinned: account.pinned });
}
