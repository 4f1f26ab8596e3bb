{% load i18n %}// Keeps the Key's own pages and files on the phone, and shows its notices. Nothing else is ever kept: no answer of
// the server, no code. The number below changes with every release, and the browser then fetches all of it anew.
const KEPT = "key-{{ version }}";
const FILES = new Set({{ kept|safe }});
const TITLE = "{{ key_name|escapejs }}";
const ICON = "{{ icon|escapejs }}";
const HOME = "{% url 'accounts:key-app' %}";
const LOOK = "{% filter escapejs %}{% translate 'Open your Key to see what is new.' %}{% endfilter %}";

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  const isOurs = address.origin === self.location.origin && FILES.has(address.pathname);
  if (isOurs && event.request.method === "GET") event.respondWith(answer(address.pathname, event.request));
});
self.addEventListener("message", (event) => {
  if (event.data === "renew") self.skipWaiting();
});
self.addEventListener("push", (event) => event.waitUntil(tell(event.data)));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open());
});

async function keep() {
  const box = await caches.open(KEPT);
  await box.addAll([...FILES].map((path) => new Request(path, { cache: "reload" })));
}

async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith("key-") && name !== KEPT);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(path, request) {
  return (await caches.match(path, { cacheName: KEPT })) ?? fetch(request);
}

/** Every push shows a notice, whatever it holds: phones take the right to push away from apps that stay silent. */
async function tell(data) {
  const { title, text, kind } = read(data);
  await self.registration.showNotification(title, { body: text, tag: kind, icon: ICON, renotify: true });
  for (const page of await pages()) page.postMessage("look");
}

function read(data) {
  const usual = { title: TITLE, text: LOOK, kind: "news" };
  try {
    const said = Object.entries(data.json()).filter(([name, value]) => name in usual && value && typeof value === "string");
    return { ...usual, ...Object.fromEntries(said) };
  } catch {
    return usual;
  }
}

async function open() {
  const [page] = await pages();
  if (!page) return self.clients.openWindow(HOME);
  await page.focus();
  page.postMessage("look");
}

async function pages() {
  const all = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return all.filter((page) => new URL(page.url).pathname === HOME);
}
