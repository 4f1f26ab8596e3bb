// The first screens: install, where to find a code, and how the Key shall open.

import { complain, copy, fill, one, word } from "../dom.js";
import * as device from "../device.js";
import { wire } from "../keypad.js";
import * as lock from "../lock.js";

const EASY = /^(\d)\1{5}$|^(?:012345|123456|234567|345678|456789|987654|876543|765432|654321|543210|121212|112233)$/;
let offer = null;

/** Keep the browser's own offer to install, until the person asks for it. */
export const keepOffer = (event) => {
  event.preventDefault();
  offer = event;
};

export function install({ go, back }) {
  const family = device.family();
  const words = { ios: family === "ios", android: family === "android", other: family === "other", offered: offer !== null };
  const actions = { install: () => offer?.prompt(), skip: () => (back ? go(back) : go("begin")) };
  return { part: copy("install", words, actions) };
}

/** The browser lacks what a Key is made of. */
export const unusable = () => ({ part: copy("unusable"), alone: true });

export function begin({ go, code = "" }) {
  return { part: copy("begin", {}, { next: () => go("chooseLock", { code }) }) };
}

/** Fingerprint or face where the phone has it; then on to the code with the lock in hand. */
export function chooseLock({ go, code }) {
  const part = copy("choose-lock", { possible: false }, {
    check: async () => {
      const made = await lock.makeCheck(document.body.dataset.name).catch(() => null);
      if (!made) return complain(part, word("check-failed"));
      if (made.lock.kind === "prf") return go("pair", { ...made, code });
      return go("newPin", { ...made, code });
    },
    pin: () => go("newPin", { lock: { kind: "pin" }, wrapper: null, code }),
  });
  lock.canCheck().then((possible) => fill(part, { possible }));
  return { part };
}

/** Ask for the PIN twice. */
export function newPin({ go, code, lock: chosen, wrapper }) {
  const part = copy("new-pin", { first: true, beside: chosen.kind === "check" });
  let first = "";
  const again = (text) => {
    first = "";
    fill(part, { first: true });
    complain(part, text);
  };
  const pad = wire(part, {
    full: async (typed) => {
      pad.clear();
      if (!first && EASY.test(typed)) return again(word("pin-easy"));
      if (first && first !== typed) return again(word("pin-different"));
      if (first) return go("pair", { lock: { ...chosen, pin: await lock.makePin(typed) }, wrapper, code });
      first = typed;
      fill(part, { first: false });
      one("[data-error]", part).hidden = true;
    },
  });
  return { part };
}
