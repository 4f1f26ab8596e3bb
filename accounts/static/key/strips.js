// Lines above the screen that say what is unusual right now.

import * as clock from "./clock.js";
import { isInstalled } from "./device.js";
import { copy, span, whyWord, word } from "./dom.js";
import * as state from "./state.js";

const { key } = state;
let [hasNews, shown] = [false, ""];

export const tellNews = () => (hasNews = true);

/** By how much and which way the clock is wrong, and whether the codes are corrected. */
export function clockWords() {
  const time = span(Math.abs(clock.secondsAhead()));
  const how = word(clock.secondsAhead() > 0 ? "ahead" : "behind", { time });
  return `${how} ${word(clock.isCorrected() ? "corrected" : "not-corrected")}`;
}

/** Draw the lines anew where they changed; screen readers hear only what is new. */
export function draw(place, screen, actions) {
  const due = lines(screen);
  const mark = JSON.stringify(due);
  if (mark === shown) return;
  shown = mark;
  place.replaceChildren(...due.map(([name, words]) => copy(`strip-${name}`, words, actions[name] ?? {})));
}

function lines(screen) {
  const open = state.isOpen() && key.phone !== null;
  const elsewhere = open && !["request", "requests", "requestOver"].includes(screen);
  const found = [
    [elsewhere && key.waiting.length, "waiting"],
    [elsewhere && key.hasExpired, "expired"],
    [key.gone.length, "gone", { gone: goneWords() }],
    [key.isOffline, "offline"],
    [clock.isWrong(), "clock", { clock: clockWords() }],
    [open && state.isOld(), "old"],
    [open && hasNews && !state.isOld(), "renew"],
    [open && screen === "codes" && key.accounts.some((one) => one.pairing), "finish"],
    [open && !isInstalled() && screen === "codes", "install"],
  ];
  return found.filter(([is]) => is).map(([, name, words = {}]) => [name, words]);
}

const goneWords = () => key.gone.map(({ account, reason }) => whyWord("gone", reason, { account })).join(" ");
