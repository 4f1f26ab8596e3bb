// The lock screen, the way out when it cannot be opened, and the end of a phone.

import { complain, copy, whyWord, word } from "../dom.js";
import * as lock from "../lock.js";
import * as state from "../state.js";
import * as store from "../store.js";
import { askPin, noteUnlock } from "../unlock.js";

export function locked({ go, opened }) {
  const { lock: kept } = state.key.phone;
  const open = async (wrapper) => {
    if (!(await store.get("phone", "phone"))) return state.end("cleared");
    await state.open(wrapper);
    noteUnlock();
    return opened();
  };
  const part = copy("locked", { check: kept.kind !== "pin", pin: Boolean(kept.pin), wait: "" }, {
    again: () => go("startAgain"),
    check: async () => {
      try {
        await open(await lock.check(kept));
      } catch {
        complain(part, word("check-failed"));
      }
    },
  });
  if (kept.pin) askPin(part, open);
  return { part, alone: true };
}

export function startAgain({ go }) {
  const actions = { wipe: () => state.end("emptied"), back: () => go("locked") };
  return { part: copy("start-again", {}, actions), alone: true };
}

export function ended({ go, reason }) {
  const actions = {
    begin: async () => {
      await store.remove("notes", "ended");
      go("begin");
    },
  };
  return { part: copy("ended", { reason: whyWord("ended", reason) }, actions), alone: true };
}
