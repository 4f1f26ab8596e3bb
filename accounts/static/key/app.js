// The Key: which screen is shown, when it locks itself, when it asks the server.

import { isAble, isInstalled } from "./device.js";
import { polling } from "./polling.js";
import * as push from "./push.js";
import { accounts, turnOff } from "./screens/accounts.js";
import { browser, browserLet } from "./screens/browser.js";
import { check } from "./screens/check.js";
import { codes } from "./screens/codes.js";
import { help } from "./screens/help.js";
import { ended, locked, startAgain } from "./screens/locked.js";
import { move, moveCode, moveMatch, moveOver, moveWait } from "./screens/move.js";
import { finish, match, notify, pair, paired, pairOver, takeOver } from "./screens/pair.js";
import { approved, cancelled, denied, request, requestOver, requests } from "./screens/request.js";
import { begin, chooseLock, install, keepOffer, newPin, unusable } from "./screens/start.js";
import * as state from "./state.js";
import * as store from "./store.js";
import * as strips from "./strips.js";
import * as worker from "./worker.js";

const SCREENS = {
  ...{ unusable, install, begin, chooseLock, newPin, locked, startAgain, ended, pair, match, takeOver, pairOver, paired, notify },
  ...{ codes, request, requests, approved, denied, cancelled, requestOver },
  ...{ accounts, turnOff, move, moveCode, moveMatch, moveWait, moveOver, browser, browserLet, check, help },
};
const BUSY = ["pair", "match", "takeOver", "paired", "moveCode", "moveMatch", "moveWait"]; // not left for a request by itself
const LOCK_AFTER = 60_000;

const { key } = state;
const [main, heading, tabs, lockButton, strip] = ["main", "[data-heading]", "[data-tabs]", "[data-lock]", "[data-strips]"].map(
  (selector) => document.querySelector(selector),
);
let shown = { name: "" };
let code = brought(); // a pairing code that the address brought

/** Show a screen. A screen may send on to another one by `skip`. */
function go(name, facts = {}) {
  const drawn = SCREENS[name]({ go, opened, code, ...facts });
  if (drawn.skip) return go(drawn.skip);
  if (name === "match") code = "";
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  shown.leave?.();
  shown = { name, ...drawn };
  main.replaceChildren(drawn.part);
  heading.textContent = drawn.part.dataset.title;
  document.body.dataset.screen = name;
  document.title = `${drawn.part.dataset.title} - ${document.body.dataset.name}`;
  for (const tab of tabs.querySelectorAll("button")) {
    if (tab.dataset.tab === name) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  document.querySelector("[data-scroll]").scrollTop = 0;
  heading.focus({ preventScroll: true });
  return draw();
}

function draw() {
  const isHome = state.isOpen() && key.phone !== null && !shown.alone;
  tabs.hidden = lockButton.hidden = !isHome;
  strips.draw(strip, shown.name, {
    old: { renew: worker.renew },
    renew: { renew: worker.renew },
    install: { install: () => go("install", { back: "codes" }) },
    gone: { close: state.readGone },
    expired: { close: state.readExpired },
    waiting: { look: () => go(key.waiting.length > 1 ? "requests" : "request") },
  });
}

/** What comes after the lock: a pairing that was under way, a code that was brought, a request, else the codes. */
async function opened() {
  const pairing = await store.get("notes", "pairing");
  if (pairing) go("match", pairing);
  else if (code) go("pair");
  else go("codes");
  await wake(true);
  await finish().catch(() => {});
  if (state.isOpen()) await push.keepTold(state.call).catch(() => {});
}

/** Ask the server what waits; with `jump`, a request is shown at once. */
async function look(jump = false) {
  if (!state.isOpen() || !key.phone) return;
  state.keepWaiting(); // a phone that slept does not wait for the line
  await state.refresh().catch(() => {});
  if (jump && state.isOpen() && key.waiting.length && !BUSY.includes(shown.name) && shown.name !== "request") {
    go(key.waiting.length > 1 ? "requests" : "request");
  }
}

const isUnderWay = () => key.waiting.length > 0 || key.accounts.some((account) => account.pairing);
const wake = polling((jump) => (jump || !document.hidden) && look(jump), isUnderWay);

function lockNow() {
  if (!state.isOpen() || !key.phone) return;
  state.close();
  go("locked");
}

/** The pairing code of a QR code stands after the #, which no server gets to see. It is taken off the address. */
function brought() {
  const found = new URLSearchParams(location.hash.slice(1)).get("pair") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname);
  return /^[0-9A-Za-z -]{8,14}$/.test(found) ? found : "";
}

function watch() {
  let [timer, hiddenAt] = [0, 0];
  document.addEventListener("visibilitychange", () => {
    document.body.classList.toggle("veiled", document.hidden);
    clearTimeout(timer);
    if (document.hidden) {
      hiddenAt = Date.now();
      timer = setTimeout(lockNow, LOCK_AFTER);
    } else if (Math.abs(Date.now() - hiddenAt) >= LOCK_AFTER) lockNow(); // a clock set back is no way around it
    else {
      wake(true);
      worker.lookForNews();
    }
  });
  addEventListener("hashchange", () => {
    code = brought();
    if (code && state.isOpen() && key.phone) go("pair");
  });
  wake();
  for (const line of ["online", "offline"]) addEventListener(line, () => wake());
  addEventListener("beforeinstallprompt", keepOffer);
  addEventListener("appinstalled", () => shown.name === "install" && go(key.phone ? "codes" : "begin"));
  lockButton.addEventListener("click", lockNow);
  for (const tab of tabs.querySelectorAll("button")) {
    tab.addEventListener("click", () => {
      go(tab.dataset.tab);
      wake();
    });
  }
}

async function first() {
  const reason = await store.get("notes", "ended");
  if (key.phone) return go("locked");
  if (reason) return go("ended", { reason });
  return go(isInstalled() ? "begin" : "install");
}

state.onChange(() => {
  shown.update?.();
  draw();
});
state.onEnd((reason) => go("ended", { reason }));
store.onOtherTab(() => location.reload()); // what this one remembers of the phone is no longer so
addEventListener("unhandledrejection", (event) => {
  if (!(event.reason instanceof store.Unavailable)) return;
  event.preventDefault();
  go("unusable");
});

/** Open the app, if this browser has what it takes. */
async function start() {
  if (!isAble()) return go("unusable");
  try {
    await state.load();
  } catch {
    return go("unusable");
  }
  watch();
  return first();
}

await start();
await worker.register({
  onLook: () => wake(true),
  onNews: () => {
    strips.tellNews();
    if (!code && ["locked", "install", "begin"].includes(shown.name)) worker.renew(); // nothing could be lost
    else draw();
  },
});
