// The help pages about the Key; the one that fits stands open.

import { copy, one } from "../dom.js";

export function help({ row = "" }) {
  const part = copy("help");
  const fitting = row && one(`[data-row="${row}"]`, part);
  if (fitting) fitting.open = true;
  return { part };
}
