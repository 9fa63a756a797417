import { describe, expect, it } from '@jest/globals';
import { type JobContext, SLOT_WAIT_MS } from '@luma-sync/jobs';
import { toContext } from '../test/to-context.js';
import { toCall, toResumableCall } from './luma-account.js';

const newContext = (): JobContext => toContext({ operationId: crypto.randomUUID() }, 'process/1', () => new Date());

describe('the wait for a slot', () => {
  it('is short for the first request of a run, and long for each later one', () => {
    const ctx = newContext();
    const first = toCall(ctx, 'sync');
    expect(first.maxWaitMs).toBeUndefined();
    first.beforeSend?.();
    expect(first.maxWaitMs).toBe(SLOT_WAIT_MS);
    expect(toCall(ctx, 'bulk').maxWaitMs).toBe(SLOT_WAIT_MS);
  });

  it('is long for a later request through a context that extends the one of the run', () => {
    const ctx = newContext();
    toCall(ctx, 'sync').beforeSend?.();
    expect(toCall({ ...ctx, isAlone: true }, 'sync').maxWaitMs).toBe(SLOT_WAIT_MS);
  });

  it('is short in another run', () => {
    toCall(newContext(), 'sync').beforeSend?.();
    expect(toCall(newContext(), 'sync').maxWaitMs).toBeUndefined();
  });

  it('stays short for the first request of a run whose lease was lost before it was sent', () => {
    const ctx = newContext();
    const lost = () => {
      throw new Error('lost');
    };
    expect(() => toCall({ ...ctx, assertLease: lost }, 'sync').beforeSend?.()).toThrow('lost');
    expect(toCall(ctx, 'sync').maxWaitMs).toBeUndefined();
  });

  it('is always short where a run stores its place after each page', () => {
    const ctx = newContext();
    toCall(ctx, 'bulk').beforeSend?.();
    expect(toResumableCall(ctx, 'bulk').maxWaitMs).toBeUndefined();
  });
});
