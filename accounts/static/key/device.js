// What this device is, in words for people.

const hints = navigator.userAgentData;
const agent = navigator.userAgent;

export const isInstalled = () => matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;

/** Tell whether this browser can sign, and can give up on a slow line. */
export const isAble = () => Boolean(globalThis.crypto?.subtle && AbortSignal.timeout);

/** "ios", "android" or "other": which words of the install help fit. */
export function family() {
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1)) return "ios";
  return /Android/.test(agent) ? "android" : "other";
}

/** A name to propose for this device: its model where the browser says it, else its kind. */
export async function proposedName() {
  const told = await hints?.getHighEntropyValues(["model"]).catch(() => null);
  return told?.model || kind();
}

function kind() {
  const known = [/iPhone/, /iPad/, /Android/, /Windows/, /Macintosh/, /CrOS/, /Linux/];
  const names = ["iPhone", "iPad", "Android", "Windows", "Mac", "Chromebook", "Linux"];
  return names[known.findIndex((pattern) => pattern.test(agent))] ?? "";
}
