// Requests: who asks for what, the number, and the three answers.

import { clockFace, complain, copy, fill, hour, one, word } from "../dom.js";
import { wire } from "../keypad.js";
import { tell } from "../refusal.js";
import * as state from "../state.js";
import { isOwner, useUnlock } from "../unlock.js";
import { whoseWords } from "../whose.js";

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
    if (!waits(asked)) go("requestOver", { why: whyOver(asked) });
  };
  update();
  return { part, update, leave: countDown([[part, asked]]) };
}

function facts(asked) {
  const { account, device, address, digits, place, purpose } = asked;
  const what = ["sign-in", "reset"].includes(purpose) ? purpose : "other";
  return {
    ...whoseWords(asked),
    device,
    address,
    question: word(`question-${what}`, { account }),
    purpose: word(`purpose-${what}`),
    place: place || word("place-unknown"),
    asked: hour(asked.asked_at),
    fresh: asked.is_new_device,
    ask: word("ask", { digits }),
  };
}

const waits = (asked) => key.waiting.some((other) => other.request === asked.request);
const whyOver = (asked, other = word("over")) => (state.secondsLeft(asked) ? other : word("expired"));

/** Say each second how long each request can still be answered. Returns how to stop. */
function countDown(parts) {
  const beat = () => {
    for (const [part, asked] of parts) fill(part, { left: word("left", { time: clockFace(state.secondsLeft(asked)) }) });
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
    return go("requestOver", { why: whyOver(asked, failed.message) });
  }
  one("[data-number]", part).value = "";
  return tell(part, failed);
}

const ending = (name) => ({ go }) => ({ part: copy(name, {}, { codes: () => go("codes") }) });
export const approved = ending("approved");
export const denied = ending("denied");
export const cancelled = ending("cancelled");

export function requestOver({ go, why }) {
  key.hasExpired = false; // it says so itself
  return { part: copy("request-over", { why }, { codes: () => go("codes") }) };
}

/** All that wait, newest first. What ends meanwhile stays in its place and says so. */
export function requests({ go }) {
  if (key.waiting.length < 2) return { skip: key.waiting.length ? "request" : "codes" };
  const part = copy("requests");
  const listed = [...key.waiting];
  const rows = listed.map((asked) => row(asked, go));
  one("[data-list]", part).append(...rows);
  const update = () => {
    if (key.waiting.some((asked) => !listed.some((known) => known.request === asked.request))) return go("requests");
    rows.forEach((line, place) => waits(listed[place]) || strike(line, listed[place]));
    key.hasExpired = false; // its row says so
  };
  return { part, update, leave: countDown(rows.map((line, place) => [line, listed[place]])) };
}

function row(asked, go) {
  const words = { ...whoseWords(asked), device: asked.device, asked: hour(asked.asked_at), over: "" };
  return copy("request-row", words, { open: () => go("request", { request: asked }) });
}

function strike(line, asked) {
  one("button", line).disabled = true;
  fill(line, { over: word(state.secondsLeft(asked) ? "row-over" : "row-expired") });
}
