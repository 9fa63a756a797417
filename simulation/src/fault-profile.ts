/** Faults of a run, as probabilities from 0 to 1. */
export interface FaultProfile {
  /** At each boundary of an effect: the process dies there. */
  crash: number;
  /** At each boundary: the process stands still for up to 12 s, longer than its lease. */
  stall: number;
  /** For each request: no slot, no connection, an error before anything was done. */
  noSlot: number;
  unreachable: number;
  failsBefore: number;
  /** For each write: done, and its answer lost. */
  lostAnswer: number;
  /** For each write: given up on, and done a little later. */
  lateArrival: number;
  /** For each write: its run falls silent, and it is in flight for up to as long as a client waits for its answer. */
  silence: number;
  /** For each batch of guests: some are taken in before it is refused with 400. */
  partlyRefused: number;
  /** For each webhook: it never comes, in no copy. */
  lostWebhook: number;
  /** On top, for each add of guests and each of these: dead on the way, 503, lost answer, partly refused. */
  addTrouble: number;
}

export const NO_FAULTS: FaultProfile = {
  crash: 0,
  stall: 0,
  noSlot: 0,
  unreachable: 0,
  failsBefore: 0,
  lostAnswer: 0,
  lateArrival: 0,
  silence: 0,
  partlyRefused: 0,
  lostWebhook: 0,
  addTrouble: 0,
};

export const HEAVY_FAULTS: FaultProfile = {
  crash: 0.006,
  stall: 0.003,
  noSlot: 0.02,
  unreachable: 0.02,
  failsBefore: 0.02,
  lostAnswer: 0.03,
  lateArrival: 0.01,
  silence: 0,
  partlyRefused: 0.02,
  lostWebhook: 0.05,
  addTrouble: 0,
};

/** Chance for each write, added to any profile. */
export const SILENCE = 0.2;

/** Heavy faults, most of them where a repeat could mail somebody twice. */
export const HEAVY_FAULTS_ON_ADDS: FaultProfile = { ...HEAVY_FAULTS, addTrouble: 0.12 };
