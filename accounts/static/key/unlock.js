// Asking the person to show that it is them: by the phone's own check, or by the PIN.

import { complain, copy, fill, one, span, word } from "./dom.js";
import { wire } from "./keypad.js";
import * as lock from "./lock.js";

/** Wire a PIN pad. Calls `done` when it is right, `spent` when the tries are used up. */
export function askPin(part, kept, { done, spent }) {
  const pad = wire(part, { full: (typed) => attempt(typed) });
  const wait = () => {
    const seconds = lock.waitOf(kept.lock.pin);
    fill(part, { wait: seconds ? word("pin-wait", { time: span(seconds) }) : "" });
    for (const key of part.querySelectorAll("input, [data-digit]")) key.disabled = seconds > 0;
    if (part.isConnected && seconds) setTimeout(wait, 500);
  };
  const attempt = async (typed) => {
    const verdict = await lock.tryPin(typed);
    kept.lock.pin = await lock.pinNow();
    pad.clear();
    if (verdict === "right") return done(null);
    if (verdict === "last") return spent();
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

/** Ask once more, over the page. Resolves to the wrapper (or null), rejects if the person turns away. */
export async function confirm(kept, { spent }) {
  if (kept.lock.kind !== "pin") {
    try {
      return await lock.check(kept.lock);
    } catch (failed) {
      if (!kept.lock.pin) throw failed;
    }
  }
  return new Promise((done, failed) => {
    const dialog = copy("pin-again", {}, { close: () => dialog.close() });
    const finish = (value) => {
      done(value);
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      failed(new Error("turned away"));
    });
    document.body.append(dialog);
    dialog.showModal();
    askPin(dialog, kept, { done: finish, spent }).focus();
    one("[data-error]", dialog).hidden = true;
  });
}
