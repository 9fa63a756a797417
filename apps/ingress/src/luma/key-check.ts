import { isKeyRefusal } from '@luma-sync/jobs';
import type { KeyClientDeps } from '@luma-sync/luma-access';
import { fingerprintApiKey } from '@luma-sync/store';
import { askWithKey } from './call-luma.js';

/** Why Luma refuses a key. */
export interface KeyRefusal {
  /** `luma.auth_failed` or `luma.plan_inactive`. */
  code: string;
  /** For a person. */
  reason: string;
}

/** @returns null when Luma accepts the key, and when it gave no answer: the calendar's status says so later. */
export type KeyCheck = (apiKey: string) => Promise<KeyRefusal | null>;

/** Asks Luma whether it accepts a key, before a calendar depends on it. */
export function createKeyCheck(deps: KeyClientDeps): KeyCheck {
  return async (apiKey) => {
    const key = { apiKey, fingerprint: fingerprintApiKey(apiKey) };
    const answer = await askWithKey(deps, key, (luma, call) => luma.getSelf(call));
    return answer.kind === 'refused' && isKeyRefusal(answer.code) ? { code: answer.code, reason: answer.reason } : null;
  };
}
