import { isKeyRefusal } from '@luma-sync/jobs';
import type { KeyClientDeps } from '@luma-sync/luma-access';
import { fingerprintApiKey } from '@luma-sync/store';
import { askWithKey } from './call-luma.js';

/**
 * @returns why Luma refuses a key, for a person; null when it accepts the key, and when it gave no answer: its calendar
 *   tells then.
 */
export type KeyCheck = (apiKey: string) => Promise<string | null>;

/** Asks Luma whether it accepts a key, before a calendar depends on it. */
export function createKeyCheck(deps: KeyClientDeps): KeyCheck {
  return async (apiKey) => {
    const key = { apiKey, fingerprint: fingerprintApiKey(apiKey) };
    const answer = await askWithKey(deps, key, (luma, call) => luma.getSelf(call));
    return answer.kind === 'refused' && isKeyRefusal(answer.code) ? answer.reason : null;
  };
}
