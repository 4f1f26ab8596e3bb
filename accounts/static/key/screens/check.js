// What works on this phone, what does not, and a report of it without secrets.

import { time } from "../api.js";
import { clockWords } from "../strips.js";
import * as clock from "../clock.js";
import { isInstalled } from "../device.js";
import { all, copy, fill, one, toClipboard, word } from "../dom.js";
import * as push from "../push.js";
import { tell } from "../refusal.js";
import * as state from "../state.js";
import { registration } from "../worker.js";

export function check({ go }) {
  const part = copy("check", { result: "", askable: false, testable: false }, {
    again: () => go("check"),
    allow: () => allow(part, go),
    test: () => test(part),
    report: async () => {
      fill(part, { result: word((await toClipboard(report(part))) ? "report-copied" : "not-copied") });
    },
  });
  measure(part);
  return { part };
}

async function measure(part) {
  const told = await state.watched(time).catch(() => null);
  const found = {
    server: told !== null,
    clock: !clock.isWrong(),
    version: !state.isOld(),
    installed: isInstalled(),
    storage: (await navigator.storage?.persisted?.()) ?? false,
    worker: Boolean((await registration())?.active),
    allowed: push.permission() === "granted",
    subscribed: Boolean(await push.subscription()),
  };
  for (const [name, good] of Object.entries(found)) show(one(`[data-check="${name}"]`, part), good);
  const version = word("version", { have: document.body.dataset.version, need: told?.min_version ?? state.key.least });
  fill(part, {
    version,
    clock: clockWords(),
    allowed: allowedWords(),
    askable: push.isPossible() && push.permission() !== "denied" && !found.subscribed,
    testable: found.subscribed,
  });
}

function show(line, good) {
  line.dataset.state = good ? "good" : "bad";
  one("[data-good]", line).hidden = !good;
  one("[data-bad]", line).hidden = good;
}

function allowedWords() {
  if (!push.isPossible()) return word("allow-install");
  return word(push.permission() === "denied" ? "allow-denied" : "allow-ask");
}

async function allow(part, go) {
  const result = await push.turnOn(state.call).catch(() => "failed");
  if (result === "on") return go("check");
  return fill(part, { result: word(`allow-${result}`) });
}

async function test(part) {
  try {
    await state.call("POST", "push/test/", {});
    fill(part, { result: word("test-sent") });
  } catch (failed) {
    tell(part, failed);
  }
}

/** The lines of the screen as text; it holds nothing that is not on it. */
function report(part) {
  const lines = all("[data-check]", part).map((line) => {
    const words = one(line.dataset.state === "good" ? "[data-good]" : "[data-bad]", line).textContent.trim();
    return `${line.dataset.check}: ${line.dataset.state}. ${words}`;
  });
  return [document.body.dataset.name, ...lines, `clock: ${clock.secondsAhead()} s`, navigator.userAgent].join("\n");
}
