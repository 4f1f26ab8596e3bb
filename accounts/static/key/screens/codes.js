// The codes, with one ring that counts for all of them.

import * as clock from "../clock.js";
import { all, copy, fill, one, say, span, spelled, toClipboard, word } from "../dom.js";
import { isOpen, key, togglePin } from "../state.js";
import { codeOfStep, grouped, secondsLeft, stepAt } from "../totp.js";
import { whoseWords } from "../whose.js";

const SEARCH_FROM = 6;
const SHOW_NEXT_SECONDS = 5;

export function codes({ go }) {
  if (!key.accounts.length) return { part: copy("codes-empty", {}, { add: () => go("pair") }) };
  const part = copy("codes", { many: key.accounts.length >= SEARCH_FROM, none: false });
  const list = one("[data-list]", part);
  const rows = new Map();
  const order = () => list.replaceChildren(...sorted().map((account) => rows.get(account.key).part));
  for (const account of key.accounts) rows.set(account.key, row(account, order));
  order();
  one("[data-search]", part).addEventListener("input", (event) => search(part, rows, event.target.value));
  const stop = tick(part, rows);
  return { part, leave: stop, update: () => changed(rows) && go("codes") };
}

/** Those on top first, then live before paper, then by name. */
function sorted() {
  const rank = (one) => `${one.pinned ? 0 : 1}${one.realm === "live" ? 0 : 1}${one.label} ${one.account}`;
  return [...key.accounts].sort((a, b) => rank(a).localeCompare(rank(b)));
}

/** Tell whether the accounts are others than those on the screen. */
const changed = (rows) =>
  rows.size !== key.accounts.length || key.accounts.some((one) => rows.get(one.key)?.pairing !== one.pairing);

function row(account, order) {
  const { label, pairing } = account;
  const words = { ...whoseWords(account), pending: pairing };
  const part = copy("code", { ...words, whose: ` ${word("whose", { account: account.account })}`, next: "" }, {
    copy: async () => {
      const { code, left } = await current(account);
      if (!(await toClipboard(code))) return say(word("not-copied"));
      mark(part);
      return say(word("copied", { time: span(left) }));
    },
    say: async () => {
      const { code, left } = await current(account);
      const digits = [code.slice(0, 3), code.slice(3)].map(spelled).join(", ");
      say(word("spoken", { digits, time: span(left) }));
    },
    pin: async (event) => {
      await togglePin(account);
      order();
      event.target.focus();
      fillPin(part, account);
    },
  });
  fillPin(part, account);
  return { part, account, pairing, text: `${label} ${account.account}`.toLowerCase() };
}

const fillPin = (part, account) => one('[data-do="pin"]', part).setAttribute("aria-pressed", String(account.pinned));

function mark(part) {
  part.classList.add("copied");
  setTimeout(() => part.classList.remove("copied"), 1500);
}

async function current({ code, digits, period }) {
  const seconds = clock.now() / 1000;
  return { code: await codeOfStep(code, stepAt(seconds, period), digits), left: secondsLeft(seconds, period) };
}

function search(part, rows, typed) {
  const wanted = typed.trim().toLowerCase();
  for (const { part: line, text } of rows.values()) line.hidden = !text.includes(wanted);
  fill(part, { none: all("[data-list] > :not([hidden])", part).length === 0 });
}

/** Each second the ring; each step the codes; in the last seconds the next ones too. Returns how to stop. */
function tick(part, rows) {
  let [timer, drawn] = [0, ""];
  const beat = async () => {
    const seconds = clock.now() / 1000;
    const left = secondsLeft(seconds);
    one("[data-ring]", part).setAttribute("stroke-dasharray", `${(left * 100) / 30} 100`);
    fill(part, { left: String(left) });
    const due = `${stepAt(seconds)} ${left <= SHOW_NEXT_SECONDS}`;
    if (due !== drawn) await draw(rows, seconds, left <= SHOW_NEXT_SECONDS);
    drawn = due;
    if (isOpen()) timer = setTimeout(beat, 1000 - (clock.now() % 1000) + 5);
  };
  beat();
  return () => clearTimeout(timer);
}

async function draw(rows, seconds, isLate) {
  await Promise.all(
    [...rows.values()].map(async ({ part, account: { code, digits, period } }) => {
      const step = stepAt(seconds, period);
      const next = isLate ? word("next", { code: grouped(await codeOfStep(code, step + 1, digits)) }) : "";
      fill(part, { code: grouped(await codeOfStep(code, step, digits)), next });
    }),
  );
}
