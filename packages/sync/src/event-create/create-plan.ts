import type { EventState } from '@luma-sync/domain';

/** An event that Luma does not have yet, as far as is known here. */
export interface CreatePlan {
  /** An earlier request to create it may have come in, and its answer was lost. */
  mayExist: boolean;
  /** False for an event that was cancelled meanwhile: what an earlier request made is found, and nothing is created. */
  mayCreate: boolean;
  state: EventState;
}
