// What to say where a call came to nothing.

import { Refused } from "./api.js";
import { complain, word } from "./dom.js";

/** Say at the top of `part` why the server refused, or that it was not reached. */
export const tell = (part, failed) => complain(part, failed instanceof Refused ? failed.message : word("offline"));
