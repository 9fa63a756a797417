/** Lets as many be mailed as a calendar allows: what the guard refuses has tests of its own, and here nothing is to go unseen because of it. */
export function createMailGuardTwin() {
  return {
    findAllowance: () => ({ limit: Number.MAX_SAFE_INTEGER, permit: null }),
    countGuestsToTell: () => 0,
    countFirstSendings: () => 0,
    note: () => {},
    giveBack: () => {},
  };
}
