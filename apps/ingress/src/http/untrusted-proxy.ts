import type { Log } from './log.js';

/**
 * Says once that requests come through a proxy nobody told us of. All its callers then share one address: one that goes
 * wild spends the limit of all (`CALLER_LIMIT_PER_MINUTE`), and ten wrong passwords of one lock everybody out of the
 * login.
 *
 * The header itself is not believed: anybody can send one.
 */
export function warnOfUntrustedProxy(trustedProxies: number, log: Log) {
  let isSaid = trustedProxies > 0;
  return (req: { get(name: 'x-forwarded-for'): string | undefined }, _res: unknown, next: () => void): void => {
    if (!isSaid && req.get('x-forwarded-for') !== undefined) {
      isSaid = true;
      log.warn(
        { trustedProxies },
        'a request has X-Forwarded-For, and TRUSTED_PROXIES is 0: behind a proxy all callers share one limit; ' +
          'set it to the number of proxies in front',
      );
    }
    next();
  };
}
