// The phone's own database. Everything the Key keeps is here, and nowhere else.

const NAME = "key";
const STORES = ["phone", "accounts", "notes"];
let opened;

function database() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => STORES.forEach((store) => asked.result.createObjectStore(store));
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opened;
}

/** Run `work` on the stores in one transaction; returns what its request gives, once all is on disk. */
async function run(stores, mode, work) {
  const transaction = (await database()).transaction(stores, mode, { durability: "strict" });
  return new Promise((done, failed) => {
    const asked = work(transaction);
    transaction.oncomplete = () => done(asked?.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
}

export const get = (store, id) => run([store], "readonly", (all) => all.objectStore(store).get(id));
export const all = (store) => run([store], "readonly", (stores) => stores.objectStore(store).getAll());
export const put = (store, id, value) => run([store], "readwrite", (all) => all.objectStore(store).put(value, id));
export const remove = (store, id) => run([store], "readwrite", (all) => all.objectStore(store).delete(id));

/** Write several records of one store at once. */
export function putAll(store, records) {
  return run([store], "readwrite", (all) => {
    for (const [id, value] of records) all.objectStore(store).put(value, id);
  });
}

/** Change one record; two tabs at once do it one after the other. Returns the record as it is then. */
export async function change(store, id, alter) {
  let value;
  await run([store], "readwrite", (all) => {
    const place = all.objectStore(store);
    const asked = place.get(id);
    asked.onsuccess = () => {
      value = alter(asked.result);
      place.put(value, id);
    };
  });
  return value;
}

/** Forget everything, and keep only `notes` (why, for the person to read). */
export function wipe(notes = {}) {
  return run(STORES, "readwrite", (all) => {
    for (const store of STORES) all.objectStore(store).clear();
    for (const [id, value] of Object.entries(notes)) all.objectStore("notes").put(value, id);
  });
}
