// Improvements of pages that work without script. Nothing here writes markup or keeps anything on the device, except
// for the name of its time zone.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- Time ---------------------------------------------------------------------------------------

/** Count down from a number of seconds the server named, whatever the device's clock says. Returns how to stop. */
function countDown(seconds, tick, done) {
  const end = Date.now() + seconds * 1000;
  let timer;
  const step = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    if (!left) return done();
    tick(left);
    timer = setTimeout(step, (end - Date.now()) % 1000 || 1000);
  };
  step();
  return () => clearTimeout(timer);
}

const twoDigits = (number) => String(number).padStart(2, "0");

/** Show seconds as 4:05, and from an hour on as 23:59:05. */
function clockFace(left) {
  const [hours, minutes, seconds] = [Math.floor(left / 3600), Math.floor(left / 60) % 60, twoDigits(left % 60)];
  return hours ? `${hours}:${twoDigits(minutes)}:${seconds}` : `${minutes}:${seconds}`;
}

/** Say the time left at each full minute of the last hour and at 20 seconds, not each second. */
function speaker(status, words, mark = null) {
  return (left) => {
    const next = left <= 20 ? 0 : Math.ceil(left / 60);
    if (next !== mark && mark !== null && next <= 60) {
      const pattern = left <= 20 || left < 60 ? words.seconds : next === 1 ? words.minute : words.minutes;
      status.textContent = pattern.replace("{n}", pattern === words.seconds ? left : next);
    }
    mark = next;
  };
}

// The server tells times in this zone to whoever has chosen none (portal/middleware.py).
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const zoneCookie = `zone=${encodeURIComponent(zone ?? "")}`;
if (zone && !document.cookie.split("; ").includes(zoneCookie)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${zoneCookie}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
}

// Where this device's zone differs from the one the time is given in, say it in both.
function sayInOwnZone(moment, place) {
  const own = new Date(moment);
  const given = moment.slice(11, 16);
  const time = `${twoDigits(own.getHours())}:${twoDigits(own.getMinutes())}`;
  if (time === given) return;
  place.textContent = place.dataset.countdownYours.replace("{time}", time);
  place.hidden = false;
}

for (const box of all("[data-countdown]")) {
  const [clock] = all("[data-countdown-clock]", box);
  const [status] = all("[data-countdown-status]", box);
  const [link] = all("[data-countdown-link]", box);
  const say = speaker(status, box.dataset);
  const [yours] = all("[data-countdown-yours]", box);
  const [stamp] = all("time", box);
  clock.hidden = false;
  if (link) link.hidden = true;
  sayInOwnZone(stamp.dateTime, yours);
  countDown(
    box.dataset.until - box.dataset.now,
    (left) => {
      clock.textContent = clockFace(left);
      say(left);
    },
    () => {
      clock.hidden = true;
      status.classList.remove("visually-hidden");
      status.textContent = box.dataset.done;
      if (link) link.hidden = false;
    },
  );
}

// --- Forms --------------------------------------------------------------------------------------

for (const summary of all("[data-error-summary]")) {
  summary.focus();
  for (const link of all('a[href^="#"]', summary)) {
    link.addEventListener("click", (event) => {
      const target = document.getElementById(link.hash.slice(1));
      const field = target?.matches("input, select, textarea") ? target : target?.querySelector("input");
      if (!field) return;
      event.preventDefault();
      field.focus();
      target.scrollIntoView({ block: "center" });
    });
  }
}

for (const box of all("[data-password]")) {
  const [input] = all("input", box);
  const [button] = all("[data-password-toggle]", box);
  const [label] = all("[data-show]", button);
  const [status] = all("[data-password-status]", box.parentElement);
  const [capsLock] = all("[data-caps-lock]", box.parentElement);
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    label.textContent = shown ? label.dataset.hide : label.dataset.show;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    show(input.type === "password");
    status.textContent = input.type === "text" ? box.dataset.shown : box.dataset.hidden;
  });
  input.form?.addEventListener("submit", () => show(false));
  for (const kind of ["keydown", "keyup"]) {
    input.addEventListener(kind, (event) => {
      capsLock.hidden = !event.getModifierState?.("CapsLock");
    });
  }
  input.addEventListener("blur", () => {
    capsLock.hidden = true;
  });
}

/** The length that counts: characters of the form in which the server hashes a password. */
const lengthOf = (text) => [...text.normalize("NFC")].length;
const FAIR = 12;
const LONG = 16;

const RULES = {
  length: (text, box) => lengthOf(text) >= Number(box.dataset.min),
  upper: (text) => /\p{Lu}/u.test(text),
  lower: (text) => /\p{Ll}/u.test(text),
  digit: (text) => /\p{Nd}/u.test(text),
  special: (text) => /[^\p{L}\p{N}]/u.test(text),
};

for (const box of all("[data-password-rules]")) {
  const input = document.getElementById(box.dataset.passwordRules);
  const [status] = all("[data-password-rules-status]", box);
  let pause;
  const tick = () => {
    const left = all("[data-rule]", box).filter((line) => {
      const met = RULES[line.dataset.rule](input.value, box);
      line.classList.toggle("met", met);
      return !met;
    });
    const [strength] = all("[data-strength]", box);
    const size = lengthOf(input.value);
    strength.hidden = !size;
    strength.textContent = strength.dataset[size < FAIR ? "short" : size < LONG ? "fair" : "long"];
    clearTimeout(pause);
    pause = setTimeout(() => {
      const names = left.map((line) => line.textContent.trim()).join(", ");
      status.textContent = names ? `${box.dataset.left} ${names}` : box.dataset.all;
    }, 1000);
  };
  input?.addEventListener("input", tick);
  if (input?.value) tick(); // typed before this script ran, or filled in by the browser
}

for (const button of all("[data-copy]")) {
  if (!navigator.clipboard) break;
  const [text] = all("[data-copy-text]", button.parentElement);
  const [status] = all("[data-copy-status]", button.parentElement);
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    status.textContent = button.dataset.copied;
  });
}

// --- Passkeys --------------------------------------------------------------------------------------

const knowsPasskeys = "PublicKeyCredential" in window;

// To make one is offered where the browser can, at the address that passkeys are bound to.
for (const part of all("[data-passkey-offer]")) {
  const isAble = knowsPasskeys && location.hostname === part.dataset.rpId;
  all("[data-passkey-able]", part)[0].hidden = !isAble;
  all("[data-passkey-unable]", part)[0].hidden = isAble;
}

// Fetched once the page stands, and only where the browser knows passkeys.
const passkeys = document.querySelector("[data-passkey-script]");
if (passkeys && knowsPasskeys) {
  addEventListener("load", () => import(passkeys.dataset.passkeyScript).catch(() => {}), { once: true }); // else none is offered
}

// --- Tabs of one browser --------------------------------------------------------------------------

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("gatehouse-idle") : { postMessage() {} };

// Signed out here: the other tabs ask the server, and leave.
if (all("[data-signed-out]").length) tabs.postMessage("changed");

// What the browser kept in memory is asked for anew, and hidden until then: it may show what somebody saw who has
// signed out since.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  document.body.hidden = true;
  location.reload();
});

// A page that answered a form becomes a page that was opened: reload and Back send nothing again.
if (all("[data-answered]").length) history.replaceState(null, "", location.href);

// --- Inactivity ---------------------------------------------------------------------------------

const LONGEST_WAIT = 300; // seconds between two questions to the server
const PATIENCE = 10; // seconds until the next one after a failure

/** Warn in all tabs before the sign-in ends, and keep it on one act. Asking what is left is not activity. */
function watchIdleness(dialog) {
  const { idleRemainingUrl, idleExtendUrl, idleLoginUrl, csrfToken } = dialog.dataset;
  const warning = Number(dialog.dataset.idleWarning);
  const [clock] = all("[data-idle-clock]", dialog);
  const [status] = all("[data-idle-status]", dialog);
  let timer;
  let stopClock = () => {};

  const leave = () => {
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`${idleLoginUrl}?next=${here}&ended=yes`);
  };
  const wait = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(ask, seconds * 1000);
  };
  const calm = (left) => {
    stopClock();
    dialog.close();
    wait(Math.min(left - warning, LONGEST_WAIT));
  };
  const warn = (left) => {
    stopClock();
    clearTimeout(timer);
    if (!dialog.open) {
      dialog.showModal();
      tabs.postMessage("changed");
    }
    const say = speaker(status, dialog.dataset, -1);
    stopClock = countDown(left, (rest) => {
      clock.textContent = clockFace(rest);
      say(rest);
    }, () => ask().then((answered) => answered || leave()));
  };

  /** Ask the server what is left and act on it; tells whether it answered. */
  async function ask() {
    try {
      const response = await fetch(idleRemainingUrl, { headers: { Accept: "application/json" }, cache: "no-store" });
      const { seconds, state, next } = await response.json();
      if (next) location.assign(next);
      else if (state === "ended" || seconds <= 0) leave();
      else if (seconds <= warning) warn(seconds);
      else calm(seconds);
      return true;
    } catch {
      if (!dialog.open) wait(PATIENCE);
      return false;
    }
  }
  async function stay() {
    try {
      const response = await fetch(idleExtendUrl, { method: "POST", headers: { "X-CSRFToken": csrfToken } });
      if (!response.ok || response.redirected) return leave();
    } catch {
      return undefined; // no connection: the dialog stays, and so does its clock
    }
    tabs.postMessage("changed");
    return ask();
  }

  all("[data-idle-stay]", dialog)[0].addEventListener("click", stay);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    stay();
  });
  tabs.onmessage = ask;
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && ask());
  tabs.postMessage("changed"); // this page was opened just now, which is activity
  wait(Math.min(Number(dialog.dataset.idleMinutes) * 60 - warning, LONGEST_WAIT));
}

all("[data-idle]").forEach(watchIdleness);
