// Letting a browser try to sign in although others keep sign-in paused. Opened by its owner only; nothing asks for it.

import { complain, copy, one, word } from "../dom.js";
import { tell } from "../refusal.js";
import * as state from "../state.js";
import { isOwner } from "../unlock.js";

const DIGITS = /^[0-9]{8}$/;

export function browser({ go }) {
  const part = copy("browser", {}, {
    back: () => go("accounts"),
    send: async () => {
      const number = one("[name=number]", part).value.normalize("NFKC").replace(/[\s-]/g, "");
      if (!DIGITS.test(number)) return complain(part, word("browser-short"));
      if (!(await isOwner(part))) return false;
      try {
        return go("browserLet", await state.call("POST", "browser/", { number }));
      } catch (failed) {
        return tell(part, failed);
      }
    },
  });
  return { part };
}

export function browserLet({ go, account }) {
  const part = copy("browser-let", { let: word("browser-let", { account }) }, { codes: () => go("codes") });
  return { part };
}
