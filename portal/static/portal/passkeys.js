// Passkeys: offered while the username is typed, used by button, made on the Security page. Without script none is shown.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const able = "PublicKeyCredential" in window && "credentials" in navigator;
const boundHere = (part) => able && location.hostname === part.dataset.rpId;

const RENEW = 8 * 60; // seconds; what is offered runs out after ten minutes

// --- Bytes and answers ----------------------------------------------------------------------------

/** Turn base64url into bytes. */
function bytes(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

/** Turn bytes into base64url without padding. */
function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const described = (list) => list.map((known) => ({ ...known, id: bytes(known.id) }));

/** Read what the server wants of the browser. */
function readOptions(sent) {
  const options = { ...sent, challenge: bytes(sent.challenge) };
  if (sent.user) options.user = { ...sent.user, id: bytes(sent.user.id) };
  for (const name of ["allowCredentials", "excludeCredentials"]) if (sent[name]) options[name] = described(sent[name]);
  return options;
}

/** Write what a passkey answered as the server reads it. */
function written(passkey) {
  const { response } = passkey;
  const parts = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) parts[name] = text(response[name]);
  }
  if (response.getTransports) parts.transports = response.getTransports();
  return JSON.stringify({ id: passkey.id, rawId: text(passkey.rawId), type: passkey.type, response: parts });
}

/** The server answered with a page: the sign-in has ended, say, or both factors are asked for once more. */
class PageInstead extends Error {}

/** Send to the server; returns its JSON. */
async function send(address, form, body = "{}") {
  const token = one("[name=csrfmiddlewaretoken]", form).value;
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const response = await fetch(address, { method: "POST", headers, body });
  if (response.redirected || !response.headers.get("Content-Type")?.includes("json")) {
    await response.body?.cancel();
    throw new PageInstead();
  }
  return response.json();
}

// --- Using one --------------------------------------------------------------------------------------

/** Let a passkey answer for the person: by the button, and where they type their username. */
function usePasskeys(form) {
  const problem = one("[data-passkey-problem]", form);
  let current = { control: new AbortController(), over: Promise.resolve() };
  let timer;
  let left = false;

  const show = ({ title, text: words, help }) => {
    one("h2", problem).textContent = title;
    one("[data-passkey-words]", problem).textContent = words;
    if (help) one("a", problem).setAttribute("href", help);
    problem.hidden = false;
    problem.focus();
  };

  /** Ask for an answer and act on it. */
  async function ask(more) {
    const options = readOptions(await send(form.dataset.options, form));
    const passkey = await navigator.credentials.get({ publicKey: options, ...more });
    const answer = await send(form.dataset.send, form, written(passkey));
    if (answer.next) {
      left = true;
      return location.assign(answer.next);
    }
    show(answer);
    if (answer.ended) {
      await PublicKeyCredential.signalUnknownCredential?.({ rpId: form.dataset.rpId, credentialId: answer.ended });
    }
    return undefined;
  }

  /** Begin anew: what was waiting is given up first, since a browser listens for one answer at a time. */
  async function begin(more, failed) {
    const before = current;
    const control = new AbortController();
    let finish;
    current = { control, over: new Promise((resolve) => { finish = resolve; }) };
    before.control.abort();
    await before.over;
    try {
      if (!control.signal.aborted) await ask({ ...more, signal: control.signal });
    } catch (error) {
      if (error.name !== "AbortError") failed(error);
    } finally {
      finish();
    }
  }

  /** Offer passkeys in the list under the username, quietly, as long as the page is looked at. */
  async function offer() {
    clearTimeout(timer);
    const conditional = await PublicKeyCredential.isConditionalMediationAvailable?.();
    if (left || !conditional || !one("[autocomplete~=webauthn]") || document.visibilityState !== "visible") return;
    timer = setTimeout(offer, RENEW * 1000);
    await begin({ mediation: "conditional" }, () => {});
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    clearTimeout(timer);
    await begin({}, (error) => {
      if (error instanceof PageInstead) location.reload();
      else show({ title: form.dataset.failedTitle, text: form.dataset.failed });
    });
    offer();
  });
  document.addEventListener("visibilitychange", offer);
  form.hidden = false;
  offer();
}

// --- Making one --------------------------------------------------------------------------------------

/** Let the browser make a passkey when the form is sent, and send it along. */
function makePasskey(form) {
  const [status, answer] = [one("[data-passkey-status]", form), one("[name=answer]", form)];
  one("[data-passkey-unable]", form).hidden = true;
  one("[data-passkey-able]", form).hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    status.textContent = form.dataset.busy;
    try {
      const publicKey = readOptions(await send(form.dataset.options, form));
      answer.value = written(await navigator.credentials.create({ publicKey }));
      form.submit();
    } catch (error) {
      if (error instanceof PageInstead) return location.reload();
      status.textContent = error.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed;
    }
    return undefined;
  });
}

/** Tell the password manager which passkeys still work, so that it stops offering the others. */
function tellWhichWork(list) {
  const allAcceptedCredentialIds = all("[data-passkey-id]", list).map((item) => item.dataset.passkeyId);
  const facts = { rpId: list.dataset.rpId, userId: list.dataset.handle, allAcceptedCredentialIds };
  PublicKeyCredential.signalAllAcceptedCredentials?.(facts).catch(() => {});
}

all("[data-passkey-use]").filter(boundHere).forEach(usePasskeys);
all("[data-passkey-add]").filter(boundHere).forEach(makePasskey);
all("[data-passkeys-known]").filter(boundHere).forEach(tellWhichWork);
