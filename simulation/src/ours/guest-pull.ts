/** Nobody here has a coupon, and Luma's lists lose nobody: both have tests of their own. */
export function createInMemoryRemovals() {
  return {
    review: () => ({ total: 0, missing: 0, due: [], isAsked: false }),
    remove: () => false,
    confirmPresent: () => {},
    finish: () => {},
  };
}

export function createInMemoryCoupons() {
  return {
    outlook: () => ({ recipients: 0, limit: 0 }),
    noteDecision: () => {},
    serve: (): never => {
      throw new Error('no pull here gives coupons');
    },
  };
}

/** A few events: each that is missing is read. */
export function createInMemoryEventRemovals() {
  return {
    review: (_holder: unknown, { missing }: { missing: readonly string[] }) => ({ due: [...missing], isAsked: false }),
  };
}
