import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { RunLease } from './lease.js';
import { leaseClock } from './lease-clock.js';
import type { Ledger } from './ledger.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const LEASE_MS = 5_000;

let opened: RunLease[] = [];

function openLease(heartbeat: () => Promise<boolean>, heldSince = leaseClock.mark()) {
  const ledger = { heartbeat } as Partial<Ledger> as Ledger;
  const run = { id: 'operation', owner: 'run' };
  const lease = new RunLease(ledger, run, LEASE_MS, quiet, heldSince);
  opened.push(lease);
  return lease;
}
const held = () => Promise.resolve(true);
const LOST = expect.objectContaining({ code: 'operation.lease_lost' });

afterEach(() => {
  for (const lease of opened) lease.revoke();
  opened = [];
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe('the lease of a run', () => {
  it('is held for its time, and renewed by heartbeats', async () => {
    jest.useFakeTimers();
    const lease = openLease(held);
    await jest.advanceTimersByTimeAsync(10 * LEASE_MS);
    expect(() => lease.assertHeld()).not.toThrow();
    await lease.stop();
    jest.advanceTimersByTime(LEASE_MS);
    expect(() => lease.assertHeld()).toThrow(LOST);
    expect(lease.signal.aborted).toBe(true);
  });

  it('is lost when a heartbeat says so', async () => {
    jest.useFakeTimers();
    const lease = openLease(() => Promise.resolve(false));
    await jest.advanceTimersByTimeAsync(LEASE_MS / 2);
    expect(lease.signal.aborted).toBe(true);
    await lease.stop();
  });

  it('runs out from the moment the last answered heartbeat was sent, however long its answer took', async () => {
    jest.useFakeTimers();
    const lease = openLease(() => new Promise((resolve) => setTimeout(() => resolve(true), LEASE_MS - 1_000)));
    // Sent after 1.7 s, answered after 5.7 s: held until 6.7 s.
    await jest.advanceTimersByTimeAsync(LEASE_MS / 3 + LEASE_MS - 100);
    expect(() => lease.assertHeld()).not.toThrow();
    jest.setSystemTime(Date.now() + 200);
    expect(() => lease.assertHeld()).toThrow(LOST);
  });

  it('ends what still runs when it runs out, though no heartbeat was answered that it could not be renewed', async () => {
    jest.useFakeTimers();
    const lease = openLease(() => new Promise(() => {}));
    await jest.advanceTimersByTimeAsync(LEASE_MS - 100);
    expect(lease.signal.aborted).toBe(false);
    await jest.advanceTimersByTimeAsync(LEASE_MS);
    expect(lease.signal.aborted).toBe(true);
  });

  it('is not given up for a begin that took long, before any heartbeat could tell', async () => {
    jest.useFakeTimers();
    const heldSince = leaseClock.mark();
    jest.advanceTimersByTime(LEASE_MS - 1_000);
    const lease = openLease(() => new Promise((resolve) => setTimeout(() => resolve(true), 100)), heldSince);
    await jest.advanceTimersByTimeAsync(LEASE_MS);
    expect(() => lease.assertHeld()).not.toThrow();
  });

  it('runs out while the whole machine sleeps, although its monotonic clock stands still', () => {
    const lease = openLease(held);
    expect(() => lease.assertHeld()).not.toThrow();
    const wokenAt = Date.now() + LEASE_MS;
    jest.spyOn(Date, 'now').mockReturnValue(wokenAt);
    expect(() => lease.assertHeld()).toThrow(LOST);
  });

  it('runs out although somebody set the wall clock back', () => {
    const startedAt = performance.now();
    const lease = openLease(held);
    jest.spyOn(Date, 'now').mockReturnValue(0);
    jest.spyOn(performance, 'now').mockReturnValue(startedAt + LEASE_MS + 1_000);
    expect(() => lease.assertHeld()).toThrow(LOST);
  });

  it('does not hold up the end of a run when a heartbeat hangs', async () => {
    jest.useFakeTimers();
    const lease = openLease(() => new Promise(() => {}));
    await jest.advanceTimersByTimeAsync(LEASE_MS / 2);
    const stopped = lease.stop();
    await jest.advanceTimersByTimeAsync(LEASE_MS);
    await stopped;
  });
});
