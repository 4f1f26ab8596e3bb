// Notifications: asked for by a tap, told to the server, and told again when the browser changes the address.
// `call` makes a call as this phone: state.js has it.

import { time } from "./api.js";
import { fromBase64url, hex, sha256, utf8 } from "./bytes.js";
import * as store from "./store.js";
import { registration } from "./worker.js";

export const isPossible = () => "Notification" in globalThis && "PushManager" in globalThis;
export const permission = () => globalThis.Notification?.permission ?? "denied";
export const subscription = async () => (await registration())?.pushManager?.getSubscription() ?? null;

/** Ask for the right to notify, subscribe, and tell the server. Returns "on", "denied" or "off" (the portal sends none). */
export async function turnOn(call) {
  if ((await Notification.requestPermission()) !== "granted") return "denied";
  const { push_key: key } = await time();
  if (!key) return "off";
  const { pushManager } = await navigator.serviceWorker.ready;
  const how = { userVisibleOnly: true, applicationServerKey: fromBase64url(key) };
  await tell(call, (await pushManager.getSubscription()) ?? (await pushManager.subscribe(how)));
  return "on";
}

/** Tell the server where notifications go, if that changed since it was last told. */
export async function keepTold(call) {
  const current = isPossible() ? await subscription() : null;
  const mark = current ? hex(await sha256(utf8(current.endpoint))) : "";
  if (mark === ((await store.get("notes", "push")) ?? "")) return;
  if (current) await tell(call, current);
  else {
    await call("POST", "push/", {});
    await store.put("notes", "push", "");
  }
}

async function tell(call, current) {
  const { endpoint, keys } = current.toJSON();
  await call("POST", "push/", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  await store.put("notes", "push", hex(await sha256(utf8(endpoint))));
}
