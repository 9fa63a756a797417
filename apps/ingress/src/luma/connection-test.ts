import type { CalendarAccess } from '@luma-sync/store';
import type { ConnectionTestWire } from '../v1/schemas/calendar.js';
import { type AskLumaDeps, askLuma } from './ask-luma.js';

/** Asks Luma who a calendar's key belongs to. */
export function createConnectionTest(deps: AskLumaDeps) {
  return async (access: CalendarAccess): Promise<ConnectionTestWire> => {
    const answer = await askLuma(deps, access, (luma, call) => luma.getSelf(call));
    return answer.kind === 'answered'
      ? { status: 'connected', reason: null }
      : { status: 'disconnected', reason: answer.reason };
  };
}
