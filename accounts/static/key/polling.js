// When to ask the server again: soon while something is under way, and less and less often while nothing is.

const UNDER_WAY = 2000;
const BY_AGE = [
  [60_000, 5000],
  [300_000, 15_000],
  [Infinity, 60_000],
];

/**
 * Call `ask` again and again, never sooner than its last call is done; `isUnderWay` tells whether something is awaited.
 * Returns `wake`, which asks at once with what it is given, and is young again.
 */
export function polling(ask, isUnderWay) {
  let [timer, youngAt, turn] = [0, 0, 0];
  const wait = () => {
    const age = performance.now() - youngAt;
    return isUnderWay() ? UNDER_WAY : BY_AGE.find(([until]) => age < until)[1];
  };
  const run = async (...facts) => {
    const mine = ++turn;
    clearTimeout(timer);
    await ask(...facts);
    if (mine === turn) timer = setTimeout(run, wait()); // else a younger one goes on
  };
  return (...facts) => {
    youngAt = performance.now();
    return run(...facts);
  };
}
