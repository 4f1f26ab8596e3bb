// The sign-in page moves on by itself once the phone has answered. Without script the button beside it does the same.

const EVERY = 2000; // ms between two questions
const HIDDEN = 60000; // ms after which a page that nobody sees stops asking, until it is seen again

const form = document.querySelector("[data-approval]");
const button = form.querySelector("[data-approved]");
let timer;
let hiddenSince = 0;

/** Tell whether somebody is typing a code meanwhile: a request that ends must not take it away. */
const isTyping = () => [...document.querySelectorAll("input:not([type=hidden])")].some((field) => field.value);

/** Ask where the request stands; once it is over the form is sent, and the server's page says what that means. */
async function ask() {
  clearTimeout(timer);
  if (hiddenSince && Date.now() - hiddenSince > HIDDEN) return;
  try {
    const response = await fetch(form.dataset.approval, { headers: { Accept: "application/json" }, cache: "no-store" });
    const { state } = await response.json();
    if (state === "approved" || state === "denied") return form.requestSubmit(button);
    if (response.ok && state !== "waiting") return isTyping() || form.requestSubmit(button);
  } catch {
    // no connection just now: ask again
  }
  timer = setTimeout(ask, EVERY);
}

document.addEventListener("visibilitychange", () => {
  hiddenSince = document.hidden ? Date.now() : 0;
  if (!document.hidden) ask();
});
form.addEventListener("submit", () => clearTimeout(timer));
form.querySelector("[data-approval-note]").hidden = false;
button.hidden = true; // pressed by this script
timer = setTimeout(ask, EVERY);
