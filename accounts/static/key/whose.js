// How a username is written on a card: it comes first, since one person may have several.

/** Words for the slots of a card: the username, its owner's name where that says more, and live or paper. */
export function whoseWords({ account, label, realm }) {
  return { account, label: label === account ? "" : label, live: realm === "live", paper: realm !== "live" };
}
