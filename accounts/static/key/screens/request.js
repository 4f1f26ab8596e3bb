// Requests: who asks for what, the number, and the three answers.

import * as clock from "../clock.js";
import { clockFace, complain, copy, fill, hour, one, word } from "../dom.js";
import { wire } from "../keypad.js";
import { tell } from "../refusal.js";
import * as state from "../state.js";
import { isOwner, useUnlock } from "../unlock.js";

const { key } = state;

/** One request; with several at once, a warning and a way to all of them. */
export function request({ go, request: asked = key.waiting[0] }) {
  if (!asked) return { skip: "codes" };
  const said = { go, asked };
  const part = copy("request", facts(asked), {
    approve: () => approve(part, said),
    deny: () => deny(part, said, "not_me", "denied"),
    cancel: () => deny(part, said, "cancelled", "cancelled"),
    list: () => go("requests"),
  });
  one("[data-number]", part).maxLength = asked.digits;
  wire(part);
  const update = () => {
    fill(part, { several: key.waiting.length > 1 });
    one("[data-approve]", part).disabled = state.isOld();
    if (!key.waiting.some((other) => other.request === asked.request)) go("requestOver", { why: word("over") });
  };
  update();
  return { part, update, leave: countDown(part, asked) };
}

function facts(asked) {
  const { label, account, realm, device, address, digits, place, purpose } = asked;
  const isSignIn = purpose === "sign-in";
  return {
    label,
    account,
    device,
    address,
    question: word(isSignIn ? "question" : "question-other", { account }),
    purpose: word(isSignIn ? "purpose-sign-in" : "purpose-other"),
    place: place || word("place-unknown"),
    asked: hour(asked.asked_at),
    live: realm === "live",
    paper: realm !== "live",
    fresh: asked.is_new_device,
    ask: word("ask", { digits }),
  };
}

function countDown(part, asked) {
  const beat = () => {
    const left = Math.max(0, Math.round(asked.expires_at - clock.now() / 1000));
    fill(part, { left: word("left", { time: clockFace(left) }) });
  };
  beat();
  const timer = setInterval(beat, 1000);
  return () => clearInterval(timer);
}

/** The lock is asked, unless it was opened just now for this: a phone that lies open on a desk approves nothing. */
async function approve(part, { go, asked }) {
  const number = one("[data-number]", part).value;
  if (number.length !== asked.digits) return complain(part, word("number-short", { digits: asked.digits }));
  const isCovered = asked.purpose === "sign-in" && useUnlock();
  return (isCovered || (await isOwner(part))) && send(part, { go, asked }, { decision: "approve", number }, "approved");
}

const deny = (part, said, reason, then) => send(part, said, { decision: "deny", reason }, then);

async function send(part, { go, asked }, answer, then) {
  try {
    await state.answer(asked, answer);
  } catch (failed) {
    return part.isConnected && refused(part, go, asked, failed); // of an answer given twice the first one counts
  }
  forget(asked);
  return go(then);
}

const forget = (asked) => (key.waiting = key.waiting.filter((other) => other.request !== asked.request));

function refused(part, go, asked, failed) {
  if (["N5", "X2"].includes(failed.cause)) {
    forget(asked);
    return go("requestOver", { why: failed.message });
  }
  one("[data-number]", part).value = "";
  return tell(part, failed);
}

const ending = (name) => ({ go }) => ({ part: copy(name, {}, { codes: () => go("codes") }) });
export const approved = ending("approved");
export const denied = ending("denied");
export const cancelled = ending("cancelled");

export function requestOver({ go, why }) {
  return { part: copy("request-over", { why }, { codes: () => go("codes") }) };
}

/** All that wait, newest first. */
export function requests({ go }) {
  if (key.waiting.length < 2) return { skip: key.waiting.length ? "request" : "codes" };
  const part = copy("requests");
  const rows = key.waiting.map((asked) => {
    const words = { label: asked.label, account: asked.account, device: asked.device, asked: hour(asked.asked_at) };
    return copy("request-row", words, { open: () => go("request", { request: asked }) });
  });
  one("[data-list]", part).append(...rows);
  return { part, update: () => rows.length !== key.waiting.length && go("requests") };
}
