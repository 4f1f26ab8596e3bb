// Parts of the page: copied from the shell's <template> elements, filled with text, wired to actions.
//
// data-part names a template, data-slot a place for text, data-if what is shown only when it is true,
// data-do a button or form and what it does, data-word one sentence of the word list.

export const all = (selector, root) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
export const one = (selector, root) => all(selector, root)[0] ?? null;

/** Copy a template and fill it. */
export function copy(name, words = {}, actions = {}) {
  const source = document.querySelector(`template[data-part="${name}"]`);
  const part = source.content.firstElementChild.cloneNode(true);
  part.dataset.is = name;
  fill(part, words);
  for (const place of all("[data-do]", part)) {
    const event = place.tagName === "FORM" ? "submit" : "click";
    const action = once(async (happened) => actions[place.dataset.do]?.(happened));
    place.addEventListener(event, (happened) => {
      happened.preventDefault();
      action(happened);
    });
  }
  return part;
}

/** Make an action that does nothing while it is being done: two quick taps are one. */
export function once(action) {
  let isBusy = false;
  return async (...facts) => {
    if (isBusy) return;
    isBusy = true;
    await Promise.resolve(action(...facts)).finally(() => (isBusy = false));
  };
}

/** Set texts by slot; what a `data-if` names is shown or hidden. */
export function fill(part, words) {
  for (const [name, value] of Object.entries(words)) {
    for (const place of all(`[data-slot="${name}"]`, part)) set(place, value);
    for (const place of all(`[data-if="${name}"]`, part)) place.hidden = !value;
    for (const place of all(`[data-unless="${name}"]`, part)) place.hidden = Boolean(value);
  }
}

function set(place, value) {
  if (place.tagName === "INPUT") place.value = value;
  else if (place.textContent !== String(value)) place.textContent = value;
}

const words = document.querySelector('template[data-part="words"]').content;

/** A sentence of the word list with its {places} filled. */
export function word(name, facts = {}) {
  const { textContent: text } = words.querySelector(`[data-word="${name}"]`);
  return text.replace(/\{(\w+)\}/g, (whole, key) => facts[key] ?? whole);
}

/** The sentence on why a Key ended; one that a newer server names and this app does not know reads as turned off. */
export function whyWord(kind, reason, facts = {}) {
  const isKnown = words.querySelector(`[data-word="${kind}-${CSS.escape(reason)}"]`);
  return word(`${kind}-${isKnown ? reason : "turned_off"}`, facts);
}

/** Put a text on the clipboard; tells whether the browser let us. */
export const toClipboard = (text) => navigator.clipboard.writeText(text).then(() => true, () => false);

/** Say something to whoever cannot see; said again even if it is the same. */
export function say(text) {
  const place = document.querySelector("[data-say]");
  place.textContent = "";
  setTimeout(() => (place.textContent = text), 50);
}

/** Show what stands in the way of a form, at its top, and lead there. */
export function complain(part, text) {
  const place = one("[data-error]", part);
  place.hidden = !text;
  place.textContent = text;
  if (text) place.focus();
}

const language = document.documentElement.lang;
const unit = (value, name) => new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "long" }).format(value);

/** A length of time in words: 3 minutes 20 seconds. */
export function span(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const parts = hours ? [[hours, "hour"], [minutes, "minute"]] : [[minutes, "minute"], [seconds % 60, "second"]];
  return parts.filter(([value]) => value).map(([value, name]) => unit(value, name)).join(" ") || unit(0, "second");
}

/** Seconds as 1:05. */
export const clockFace = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

/** A time of day on 24 hours, as the portal writes it. */
export const hour = (seconds) => new Date(seconds * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** Digits apart, so that a voice reads them one by one. */
export const spelled = (text) => [...text].join(" ");
