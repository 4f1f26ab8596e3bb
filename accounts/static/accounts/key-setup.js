// The pairing page moves on by itself when the phone has come. Without script, its button does the same.

const PAUSE = 2000; // milliseconds between two questions
const PATIENCE = 15 * 60 * 1000; // then the button is left

const page = document.querySelector("[data-key-setup]");
const end = Date.now() + PATIENCE;
let leaving = false; // a form is on its way: whatever it answers comes next, not the page that was asked for

async function look() {
  if (Date.now() > end) return;
  if (document.visibilityState === "visible" && !leaving) {
    try {
      const answer = await fetch(page.dataset.stateUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
      const { state } = await answer.json();
      if (answer.ok && state !== page.dataset.keySetup && !leaving) return location.assign(page.dataset.hereUrl);
    } catch {
      // no connection for a moment: ask again
    }
  }
  setTimeout(look, PAUSE);
}

if (page) {
  addEventListener("submit", () => (leaving = true));
  addEventListener("pageshow", () => (leaving = false)); // Back, to a page the browser kept
  setTimeout(look, PAUSE);
}
