import { HOUR_MS, MINUTE_MS } from '@luma-sync/jobs';

export interface HeardOf {
  /** A list showed a change that no webhook had told of. */
  unannouncedAt: Date | null;
  /** The newest delivery. */
  heardAt: Date | null;
  repairedAt: Date | null;
}

/** A webhook may be in flight: Luma sends within seconds. */
const GRACE_MS = 2 * MINUTE_MS;
/** A new webhook that stays silent as well is no matter of webhooks: it is not made again and again. */
const RENEW_AGAIN_MS = 6 * HOUR_MS;

/**
 * Whether Luma's webhook, though it stands, tells us nothing: since a list showed news, not one delivery has come in.
 *
 * `renew`: a new one may help. `hopeless`: one was made not long ago and stays silent too.
 */
export function judgeSilence({ unannouncedAt, heardAt, repairedAt }: HeardOf, now: Date): 'no' | 'renew' | 'hopeless' {
  if (unannouncedAt === null || now.getTime() - unannouncedAt.getTime() < GRACE_MS) return 'no';
  const heardSince = [heardAt, repairedAt].some((at) => at !== null && at >= unannouncedAt);
  if (heardSince) return 'no';
  const wasRenewed = repairedAt !== null && now.getTime() - repairedAt.getTime() < RENEW_AGAIN_MS;
  return wasRenewed ? 'hopeless' : 'renew';
}
