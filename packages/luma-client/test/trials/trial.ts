import type { LumaApi } from '../../src/luma-api.js';
import type { Stage } from '../against-simulator.js';

/** One method of the client: asked well, its answer judged by a recorded shape, and asked badly, its refusal judged. */
export interface Trial {
  good(stage: Stage): Promise<void>;
  bad(stage: Stage): Promise<void>;
}

export type Trials<M extends keyof LumaApi> = Record<M, Trial>;

export const UNKNOWN_EVENT = 'evt-unknown';
