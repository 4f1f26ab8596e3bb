// Moving to a new phone, on the old one: a code, the same number on both, and the end of this one.

import * as clock from "../clock.js";
import { copy, hour, spelled, word } from "../dom.js";
import { tell } from "../refusal.js";
import * as state from "../state.js";
import { isOwner } from "../unlock.js";

const ASK_AGAIN = 2000;

export function move({ go }) {
  const part = copy("move", {}, {
    back: () => go("accounts"),
    begin: async () => {
      if (!(await isOwner(part))) return false;
      try {
        return go("moveCode", await state.call("POST", "transfer/", {}));
      } catch (failed) {
        return tell(part, failed);
      }
    },
  });
  return { part };
}

/** Show the code until the new phone has come with it. */
export function moveCode({ go, pairing, code, minutes }) {
  const shown = `${code.slice(0, 4)}-${code.slice(4)}`;
  const until = word("until", { time: hour(clock.now() / 1000 + minutes * 60) });
  const actions = { stop: () => refuse(go, pairing) };
  const part = copy("move-code", { code: shown, spelled: spelled(code), until }, actions);
  const leave = follow(pairing, { claimed: ({ number }) => go("moveMatch", { pairing, number }), ended: () => go("moveOver") });
  return { part, leave };
}

export function moveMatch({ go, pairing, number }) {
  const part = copy("move-match", { number, spelled: spelled(number) }, {
    no: () => refuse(go, pairing),
    yes: async () => {
      try {
        await state.call("POST", "transfer/match/", { pairing, matches: true });
      } catch (failed) {
        return tell(part, failed);
      }
      return go("moveWait", { pairing });
    },
  });
  return { part };
}

async function refuse(go, pairing) {
  await state.call("POST", "transfer/match/", { pairing, matches: false }).catch(() => {});
  if (state.isOpen()) go("moveOver");
}

/** Wait for the new phone; when it works, this one is told at its next call that it has ended. */
export function moveWait({ go, pairing }) {
  const finished = () => state.refresh().catch(() => {});
  return { part: copy("move-wait"), leave: follow(pairing, { done: finished, ended: () => go("moveOver") }) };
}

export function moveOver({ go }) {
  return { part: copy("move-over", {}, { codes: () => go("codes") }) };
}

/** Ask how the move stands until one of these states is reached. Returns how to stop. */
function follow(pairing, then) {
  let [timer, isLeft] = [0, false];
  const ask = async () => {
    const told = await state.call("POST", "transfer/state/", { pairing }).catch((failed) => failed);
    if (isLeft || !state.isOpen()) return;
    if (then[told.state]) then[told.state](told);
    else if (told.cause === "Y7") then.ended();
    else timer = setTimeout(ask, ASK_AGAIN);
  };
  timer = setTimeout(ask, ASK_AGAIN / 2);
  return () => {
    isLeft = true;
    clearTimeout(timer);
  };
}
