// Asking the person to show that it is them: by the phone's own check, or by the PIN.

import { complain, copy, fill, once, span, word } from "./dom.js";
import { wire } from "./keypad.js";
import * as lock from "./lock.js";
import * as state from "./state.js";

const COVERS = 60_000;
let unlockedAt = -Infinity;

/** Note that the lock was opened just now. */
export const noteUnlock = () => (unlockedAt = performance.now());

/** Tell whether the last unlock stands for this approval too: the first one within a minute (decision 0017). */
export function useUnlock() {
  const isCovered = performance.now() - unlockedAt < COVERS; // no clock of the phone, which could be set back
  unlockedAt = -Infinity;
  return isCovered;
}

/** Wire a PIN pad. Calls `done` when it is right; empties the phone when the tries are used up. */
export function askPin(part, done) {
  const kept = state.key.phone;
  const pad = wire(part, { full: once((typed) => attempt(typed)) }); // a finger that bounces is one try
  const wait = () => {
    const seconds = lock.waitOf(kept.lock.pin);
    fill(part, { wait: seconds ? word("pin-wait", { time: span(seconds) }) : "" });
    for (const key of part.querySelectorAll("input, [data-digit]")) key.disabled = seconds > 0;
    if (part.isConnected && seconds) setTimeout(wait, 500);
  };
  const attempt = async (typed) => {
    const verdict = await lock.tryPin(typed);
    kept.lock.pin = (await lock.pinNow()) ?? kept.lock.pin;
    pad.clear();
    if (verdict === "right") return done(null);
    if (verdict === "last") return state.end("tries");
    if (verdict === "gone") return state.end("cleared");
    complain(part, verdict === "wait" ? "" : wrong(kept.lock.pin));
    wait();
  };
  queueMicrotask(wait);
  return pad;
}

function wrong(pin) {
  const left = lock.triesLeft(pin);
  return left <= 3 ? word(left === 1 ? "pin-last" : "pin-few", { left }) : word("pin-wrong");
}

/** Ask once more, over the page, for what is asked in `part`; says there if the person turns away. Tells whether it is them. */
export async function isOwner(part) {
  const kept = state.key.phone.lock;
  const checked = kept.kind !== "pin" && (await lock.check(kept).then(() => true, () => false));
  const is = checked || (Boolean(kept.pin) && (await pinAgain()));
  if (!is) complain(part, word("check-failed"));
  return is;
}

function pinAgain() {
  return new Promise((done) => {
    const dialog = copy("pin-again", {}, { close: () => dialog.close() });
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(false);
    });
    document.body.append(dialog);
    dialog.showModal();
    const right = () => {
      done(true);
      dialog.close();
    };
    askPin(dialog, right).focus();
  });
}
