// Signed calls to the portal. Their form: docs/reference/key-api.md.

import { base64url, hex, random, sha256, utf8 } from "./bytes.js";
import * as clock from "./clock.js";
import { sign } from "./vault.js";

const ROOT = "/key/api/v1/";
const PATIENCE = 15_000;

/** The server was not reached, or had no answer. */
export class Unreached extends Error {}

/** The server said no. `cause` is its code, `message` its words; `facts` is the whole answer. */
export class Refused extends Error {
  constructor(status, facts) {
    super(facts.text ?? "");
    Object.assign(this, { status, facts, cause: facts.cause ?? "" });
  }
}

/** Ask the server's time, lowest version and push key; the one call that needs no signature. */
export const time = () => send("GET", "time/", {});

/** Make one signed call; `who` has `reference` and `key`. Corrects the clock and signs again once if need be. */
export async function call(who, method, path, facts = null) {
  const body = facts === null ? "" : JSON.stringify(facts);
  try {
    return await send(method, path, await headers(who, method, path, body), body);
  } catch (refused) {
    if (refused.cause !== "Y2") throw refused;
    return send(method, path, await headers(who, method, path, body), body);
  }
}

async function headers(who, method, path, body) {
  const [at, nonce] = [clock.signingTime(), base64url(random(16))];
  const digest = hex(await sha256(utf8(body)));
  const text = ["gatehouse-key-call-v1", method, ROOT + path, digest, at, nonce].join("\n");
  return {
    "Key-Phone": who.reference,
    "Key-Version": document.body.dataset.version,
    "Key-Time": String(at),
    "Key-Nonce": nonce,
    "Key-Signature": await sign(who.key, text),
  };
}

async function send(method, path, more, body = "") {
  const sent = Date.now();
  const [response, facts] = await fetched(method, path, more, body);
  if (Number.isInteger(facts.time)) clock.learn(facts.time, sent, Date.now());
  if (!response.ok) throw new Refused(response.status, facts);
  return { ...facts, status: response.status };
}

async function fetched(method, path, more, body) {
  const how = { method, headers: { ...more }, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE) };
  if (body) Object.assign(how, { body }).headers["Content-Type"] = "application/json";
  try {
    const response = await fetch(ROOT + path, how);
    return [response, await response.json()];
  } catch {
    throw new Unreached(); // no line, no answer in time, or something in between that is not the portal
  }
}

/** Sign the answer to a request, and send it; once more where only the time in it was wrong. */
export function answer(who, request, said) {
  return answerNow(who, request, said).catch((refused) => {
    if (refused.cause !== "Y2") throw refused;
    return answerNow(who, request, said);
  });
}

async function answerNow(who, request, { decision, number = "", reason }) {
  const time = clock.signingTime();
  const text = ["gatehouse-key-answer-v1", request.request, request.account, decision, number, time].join("\n");
  const said = decision === "approve" ? { decision, number } : { decision, reason };
  return call(who, "POST", `requests/${request.request}/answer/`, { ...said, time, signature: await sign(who.key, text) });
}

/** Tell whether version `have` is older than `need`: numbers between dots, compared one by one. */
export function isOlder(have, need) {
  const [mine, least] = [have, need].map((text) => text.split(".").map(Number));
  for (let place = 0; place < Math.max(mine.length, least.length); place += 1) {
    const difference = (mine[place] ?? 0) - (least[place] ?? 0);
    if (difference) return difference < 0;
  }
  return false;
}
