// The worker that keeps the app on the phone. Pages are bound to trusted types; this is their one policy.

const ADDRESS = document.body.dataset.worker;
const policy = globalThis.trustedTypes?.createPolicy("key", {
  createScriptURL(address) {
    if (address !== ADDRESS) throw new TypeError("not the worker of the Key");
    return address;
  },
});
let renewing = false;

/** Register the worker. `onNews` is called when a newer app waits, `onLook` when a notice came or was tapped. */
export async function register({ onNews, onLook }) {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  serviceWorker.addEventListener("controllerchange", () => renewing && location.reload());
  serviceWorker.addEventListener("message", (event) => event.data === "look" && onLook());
  const found = await serviceWorker.register(policy ? policy.createScriptURL(ADDRESS) : ADDRESS).catch(() => null);
  if (!found) return;
  if (found.waiting) onNews();
  found.addEventListener("updatefound", () => {
    const fresh = found.installing;
    fresh.addEventListener("statechange", () => fresh.state === "installed" && serviceWorker.controller && onNews());
  });
}

/** Change over to the newer app: the page opens again. */
export async function renew() {
  const found = await navigator.serviceWorker?.getRegistration(ADDRESS);
  if (!found?.waiting) return location.reload();
  renewing = true;
  found.waiting.postMessage("renew");
}

export const registration = async () => (await navigator.serviceWorker?.getRegistration(ADDRESS)) ?? null;

/** Ask whether there is a newer app. */
export const lookForNews = async () => (await registration())?.update().catch(() => {});
