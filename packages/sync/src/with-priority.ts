import type { Priority } from '@luma-sync/jobs';
import type { CallOptions, LumaApi } from '@luma-sync/luma-client';
import type { LumaAccount } from './luma-account.js';

/** The same account, but every request waits in the given class, whatever the code that makes it asks for: nobody waits for this one. */
export function withPriority(account: LumaAccount, priority: Priority): LumaAccount {
  const api = new Proxy<LumaApi>(account.api, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) =>
        method.apply(
          target,
          args.map((arg) => (isCall(arg) ? { ...arg, priority } : arg)),
        );
    },
  });
  return { ...account, api };
}

const isCall = (arg: unknown): arg is CallOptions =>
  typeof arg === 'object' && arg !== null && 'signal' in arg && arg.signal instanceof AbortSignal && 'priority' in arg;
