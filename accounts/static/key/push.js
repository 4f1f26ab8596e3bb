// Notifications: asked for by a tap, told to the server, and told again when the browser changes the address.

import { call, time } from "./api.js";
import { fromBase64url, hex, sha256, utf8 } from "./bytes.js";
import * as store from "./store.js";
import { registration } from "./worker.js";

export const isPossible = () => "Notification" in globalThis && "PushManager" in globalThis;
export const permission = () => globalThis.Notification?.permission ?? "denied";
export const subscription = async () => (await registration())?.pushManager?.getSubscription() ?? null;

/** Ask for the right to notify, subscribe, and tell the server. Returns "on", "denied" or "off" (the portal sends none). */
export async function turnOn(who) {
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const { push_key: key } = await time();
  if (!key) return "off";
  const { pushManager } = await navigator.serviceWorker.ready;
  const how = { userVisibleOnly: true, applicationServerKey: fromBase64url(key) };
  await tell(who, (await pushManager.getSubscription()) ?? (await pushManager.subscribe(how)));
  return "on";
}

/** Tell the server where notifications go, if that changed since it was last told. */
export async function keepTold(who) {
  const current = isPossible() ? await subscription() : null;
  const mark = current ? hex(await sha256(utf8(current.endpoint))) : "";
  if (mark === ((await store.get("notes", "push")) ?? "")) return;
  if (current) await tell(who, current);
  else {
    await call(who, "POST", "push/", {});
    await store.put("notes", "push", "");
  }
}

async function tell(who, current) {
  const { endpoint, keys } = current.toJSON();
  await call(who, "POST", "push/", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  await store.put("notes", "push", hex(await sha256(utf8(endpoint))));
}

export const sendTest = (who) => call(who, "POST", "push/test/", {});
