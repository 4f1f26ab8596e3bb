// The phone's own database. Everything the Key keeps is here, and nowhere else.

const NAME = "key";
const STORES = ["phone", "accounts", "notes"];
const tabs = new BroadcastChannel(NAME);
let opened = null;

/** The browser keeps no data for this page. */
export class Unavailable extends Error {}

function database() {
  opened ??= open().catch((failed) => {
    opened = null;
    throw new Unavailable("no database", { cause: failed });
  });
  return opened;
}

async function open() {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => STORES.forEach((store) => asked.result.createObjectStore(store));
  const handle = await new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  handle.onclose = () => (opened = null); // phones close what lies in the background for long
  handle.onversionchange = () => {
    handle.close(); // somebody deletes the database, and would wait for us
    opened = null;
  };
  return handle;
}

/** Run `work` on the stores in one transaction; returns what its request gives, once all is on disk. */
async function run(stores, mode, work) {
  try {
    return await attempt(await database(), stores, mode, work);
  } catch (failed) {
    if (failed?.name !== "InvalidStateError") throw failed;
    opened = null; // some browsers close a handle without saying so
    return attempt(await database(), stores, mode, work);
  }
}

function attempt(handle, stores, mode, work) {
  const transaction = handle.transaction(stores, mode, { durability: "strict" });
  return new Promise((done, failed) => {
    const asked = work(transaction);
    transaction.oncomplete = () => done(asked?.result);
    transaction.onabort = () => failed(transaction.error); // any failure ends here; before that the error is not told
  });
}

export const get = (store, id) => run([store], "readonly", (all) => all.objectStore(store).get(id));
export const all = (store) => run([store], "readonly", (stores) => stores.objectStore(store).getAll());
export const put = (store, id, value) => run([store], "readwrite", (all) => all.objectStore(store).put(value, id));
export const remove = (store, id) => run([store], "readwrite", (all) => all.objectStore(store).delete(id));

/** Make this phone a Key; fails if another tab has done so. The other tabs are told. */
export async function begin(phone) {
  await run(["phone"], "readwrite", (all) => all.objectStore("phone").add(phone, "phone"));
  tabs.postMessage("begun");
}

/** Call `react` when another tab has made this phone a Key, or has emptied it. */
export const onOtherTab = (react) => tabs.addEventListener("message", react);

/** Write several records of one store at once. */
export function putAll(store, records) {
  return run([store], "readwrite", (all) => {
    for (const [id, value] of records) all.objectStore(store).put(value, id);
  });
}

/** Change one record, if it is still there; two tabs at once do it one after the other. Returns it as it is then. */
export async function change(store, id, alter) {
  let value;
  await run([store], "readwrite", (all) => {
    const place = all.objectStore(store);
    const asked = place.get(id);
    asked.onsuccess = () => {
      if (asked.result === undefined) return;
      value = alter(asked.result);
      place.put(value, id);
    };
  });
  return value;
}

/** Forget everything, and keep only `notes` (why, for the person to read). The other tabs are told. */
export async function wipe(notes = {}) {
  await run(STORES, "readwrite", (all) => {
    for (const store of STORES) all.objectStore(store).clear();
    for (const [id, value] of Object.entries(notes)) all.objectStore("notes").put(value, id);
  });
  tabs.postMessage("emptied");
}
