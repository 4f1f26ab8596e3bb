// A field for digits with keys beneath it: for a PIN, and for the number of a request.

import { all, one } from "./dom.js";

/** Wire the pad in `part`. `full` is called with the digits once there are as many as the field takes. */
export function wire(part, { full = () => {} } = {}) {
  const field = one("input", part);
  const most = Number(field.maxLength);
  if (matchMedia("(pointer: coarse)").matches) field.inputMode = "none"; // these keys instead of the phone's
  const set = (text) => {
    field.value = text.normalize("NFKC").replace(/\D/g, "").slice(0, most);
    if (field.value.length === most) full(field.value);
  };
  field.addEventListener("input", () => set(field.value));
  for (const key of all("[data-digit]", part)) key.addEventListener("click", () => set(field.value + key.dataset.digit));
  one("[data-back]", part).addEventListener("click", () => set(field.value.slice(0, -1)));
  return { clear: () => (field.value = ""), value: () => field.value, focus: () => field.focus() };
}
