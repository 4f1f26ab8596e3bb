// The help pages about the Key; the one that fits stands open.

import * as clock from "../clock.js";
import { all, copy } from "../dom.js";
import { permission } from "../push.js";
import { isOld, key } from "../state.js";

export function help() {
  const part = copy("help");
  const row = fitting();
  for (const article of all("[data-row]", part)) article.open = article.dataset.row === row;
  return { part };
}

/** The article for what is wrong on this phone right now, if anything is. */
function fitting() {
  if (key.isOffline) return "no-internet";
  if (clock.isWrong()) return "key-code-not-accepted";
  if (isOld()) return "key-shows-no-codes";
  return permission() === "denied" ? "no-notification" : "";
}
