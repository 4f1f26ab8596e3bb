// The accounts on this phone: its name, what to add, what to turn off.

import { all, complain, copy, fill, one, say, word } from "../dom.js";
import { tell } from "../refusal.js";
import * as state from "../state.js";
import * as store from "../store.js";
import { isOwner } from "../unlock.js";
import { whoseWords } from "../whose.js";

const SEARCH_FROM = 6;
const { key } = state;

export function accounts({ go }) {
  const byName = [...key.accounts].sort((a, b) => a.account.localeCompare(b.account));
  const of = (realm) => byName.filter((one) => (realm === "live") === (one.realm === "live"));
  const [live, paper] = [of("live"), of("paper")];
  const words = { name: key.phone.name, many: key.accounts.length >= SEARCH_FROM, none: false };
  const part = copy("accounts", { ...words, live: live.length, paper: paper.length }, {
    rename: () => rename(part),
    add: () => go("pair"),
    move: () => go("move"),
    browser: () => go("browser"),
    off: () => go("turnOff"),
  });
  for (const [place, list] of [["live", live], ["paper", paper]]) {
    one(`[data-${place}]`, part).append(...list.map((account) => row(account, go)));
  }
  one("[data-search]", part).addEventListener("input", (event) => search(part, event.target.value));
  return { part };
}

function row(account, go) {
  const whose = ` ${word("whose", { account: account.account })}`;
  const actions = { off: () => go("turnOff", { account }) };
  return copy("account-row", { ...whoseWords(account), whose }, actions);
}

function search(part, typed) {
  const wanted = typed.trim().toLowerCase();
  const rows = all("ul > li", part);
  for (const line of rows) line.hidden = !line.firstElementChild.textContent.toLowerCase().includes(wanted);
  fill(part, { none: rows.every((line) => line.hidden) });
}

async function rename(part) {
  const name = one("[data-name]", part).value.trim();
  if (!name) return complain(part, word("name-missing"));
  try {
    await state.call("POST", "rename/", { name });
  } catch (failed) {
    return tell(part, failed);
  }
  key.phone = await store.change("phone", "phone", (record) => ({ ...record, name }));
  complain(part, "");
  return say(word("saved"));
}

/** One account, or all of them; says what follows, and asks the lock. */
export function turnOff({ go, account = null }) {
  const what = account ? word("off-one", { account: account.account }) : word("off-all");
  const part = copy("turn-off", { what }, {
    back: () => go("accounts"),
    off: async () => {
      if (!(await isOwner(part))) return false;
      try {
        await state.call("POST", "remove/", account ? { key: account.key } : { all: true });
      } catch (failed) {
        return tell(part, failed);
      }
      if (!account) return state.end("turned_off");
      await state.refresh().catch(() => {});
      return state.isOpen() && go("accounts");
    },
  });
  return { part };
}
