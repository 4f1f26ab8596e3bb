// Pairing: the code, the number on both screens, and what the server then hands over.

import * as clock from "../clock.js";
import * as device from "../device.js";
import { complain, copy, fill, one, span, spelled, word } from "../dom.js";
import { isPossible, permission, turnOn } from "../push.js";
import { tell } from "../refusal.js";
import * as state from "../state.js";
import * as store from "../store.js";
import { codeAt, grouped, secondsLeft } from "../totp.js";
import { makeSigning } from "../vault.js";

const ASK_AGAIN = 2000;
const PROOFS = 5;
const { key } = state;

/** Type the code. A new phone comes with its lock, and says its name. */
export function pair({ go, code = "", lock, wrapper }) {
  const isNew = !state.isOpen();
  const part = copy("pair", { code, fresh: isNew }, {
    back: () => go(isNew ? "begin" : "accounts"),
    send: async () => {
      const typed = one("[name=code]", part).value.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");
      const name = one("[name=name]", part).value.trim();
      if (typed.length !== 8) return complain(part, word("code-short"));
      if (isNew && !name) return complain(part, word("name-missing"));
      try {
        go("match", isNew ? await claimNew(typed, name, lock, wrapper) : await claim(typed));
      } catch (failed) {
        tell(part, failed);
      }
    },
  });
  if (isNew) device.proposedName().then((name) => fill(part, { name }));
  return { part };
}

async function claim(code) {
  return remembered(await state.call("POST", "pair/", { code }));
}

/** Come as a new phone: what it is goes on disk only once the server knows it. */
async function claimNew(code, name, lock, wrapper) {
  const signing = await makeSigning(wrapper);
  key.who = { reference: "", key: signing.key };
  try {
    const told = await state.call("POST", "pair/", { code, public_key: signing.publicKey, name });
    const phone = { reference: told.phone, name, lock, signing: signing.kept };
    await store.begin(phone);
    key.phone = phone;
    await state.open(wrapper);
    navigator.storage?.persist?.();
    return await remembered(told);
  } catch (failed) {
    key.who = key.phone ? key.who : null;
    throw failed;
  }
}

async function remembered({ pairing, number }) {
  await store.put("notes", "pairing", { pairing, number });
  return { pairing, number };
}

/** Show the number until the other screen has said that it is the same. */
export function match({ go, pairing, number }) {
  let timer = 0;
  const part = copy("match", { number, spelled: spelled(number) }, {
    stop: () => over(go),
  });
  const ask = async () => {
    const told = await state.call("POST", "confirm/", { pairing }).catch((failed) => failed);
    if (!part.isConnected) return; // stopped, or locked meanwhile: the secrets are fetched when it is open again
    if (told.cause === "Y7") return over(go);
    if (told.status === 200 && told.keys) return received(go, told, pairing);
    timer = setTimeout(ask, ASK_AGAIN);
  };
  timer = setTimeout(ask, ASK_AGAIN / 4);
  return { part, leave: () => clearTimeout(timer) };
}

async function over(go) {
  await store.put("notes", "pairing", null);
  if (state.isOpen()) go("pairOver");
}

export function pairOver({ go }) {
  return { part: copy("pair-over", {}, { again: () => go("pair") }) };
}

/** Go on with what was handed over: a move once its owner agrees, a pairing with a code for the other screen. */
async function received(go, { keys, is_move: isMove }, pairing) {
  if (isMove) return go("takeOver", { pairing, keys });
  await state.take(keys, pairing);
  await state.refresh().catch(() => {});
  if (!state.isOpen()) return undefined;
  if (keys.length > 1) return go("codes"); // the other screen says whose code it wants
  return go("paired", { pairing });
}

/** Ask before the Keys of another phone come to this one: whoever was lured here with a code says no. */
export function takeOver({ go, pairing, keys }) {
  const whose = keys.map(({ label, account }) => `${label} (${account})`).join(", ");
  const part = copy("take-over", { whose }, {
    yes: async () => {
      await state.take(keys, pairing);
      const moved = await prove(pairing);
      await state.refresh().catch(() => {});
      if (state.isOpen()) go(moved ? "notify" : "codes");
    },
    no: () => over(go),
  });
  return { part };
}

/** Go on with a move whose seeds are here already, after a lost line or a closed app. */
export async function finish() {
  for (const pairing of new Set(key.accounts.map((one) => one.pairing).filter(Boolean))) {
    const { is_move: isMove } = await state.call("POST", "confirm/", { pairing });
    if (isMove && (await prove(pairing))) await state.refresh();
  }
}

/** Prove the new seeds with a code each: so a move ends. Tells whether it did. */
async function prove(pairing) {
  for (let attempt = 0; attempt < PROOFS; attempt += 1) {
    const told = await state.call("POST", "prove/", { pairing, codes: await codesOf(pairing) }).catch((failed) => failed);
    if (told.status === 200) return true;
    if (told.cause === "Y7" || !state.isOpen()) return false;
    await new Promise((done) => setTimeout(done, ASK_AGAIN)); // no line, or the clock was just put right
  }
  return false;
}

async function codesOf(pairing) {
  const mine = key.accounts.filter((one) => one.pairing === pairing);
  const codes = mine.map(async (one) => [one.key, await codeAt(one.code, clock.now() / 1000, one)]);
  return Object.fromEntries(await Promise.all(codes));
}

/** Show the code to type on the other screen, until the Key lives. */
export function paired({ go, pairing }) {
  const [account] = key.accounts.filter((one) => one.pairing === pairing);
  if (!account) return notify({ go });
  const part = copy("paired", { whose: `${account.label} (${account.account})` }, { codes: () => go("codes") });
  const draw = async () => {
    const code = await codeAt(account.code, clock.now() / 1000, account);
    const time = span(secondsLeft(clock.now() / 1000, account.period));
    fill(part, { code: grouped(code), spelled: spelled(code), left: word("left", { time }) });
  };
  draw();
  const timer = setInterval(draw, 1000);
  const update = () => {
    if (!key.accounts.some((one) => one.pairing === pairing)) go(key.accounts.length ? "notify" : "codes");
  };
  return { part, update, leave: () => clearInterval(timer) };
}

/** Offer notifications once; a browser without them goes on. */
export function notify({ go }) {
  if (!isPossible() || permission() !== "default") return { skip: "codes" };
  const part = copy("notify", {}, {
    later: () => go("codes"),
    allow: async () => {
      const result = await turnOn(state.call).catch(() => "failed");
      if (result === "on") return go("codes");
      return fill(part, { result: word(`allow-${result}`) });
    },
  });
  return { part };
}
