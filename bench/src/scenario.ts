/**
 * One measured run: which budget, how long requests travel, for how many windows. All figures that processes need, as
 * plain JSON.
 */
export interface Scenario {
  name: string;
  /** How many times faster than 60 s everything is: the window, the round trips, the people, the deadlines. */
  speed: number;
  windowMs: number;
  /** What the server enforces. */
  limit: number;
  /** What every contender may spend: the limit less the same headroom for all. */
  cap: number;
  lockoutMs: number;
  /** Drawn evenly per request. */
  roundTripMs: { min: number; max: number };
  requestTimeoutMs: number;
  /** Between two requests of people, over all processes, on average. */
  personEveryMs: number;
  /** Counted after a first window, in which every contender starts from an empty budget. */
  measuredWindows: number;
}

const LIMIT = 200;
const HEADROOM = 10;
const REAL_WINDOW_MS = 60_000;

/** @param speed 1 is Luma's own minute. */
function toScenario(name: string, speed: number, roundTripMs: [number, number], measuredWindows: number): Scenario {
  return {
    name,
    speed,
    windowMs: REAL_WINDOW_MS / speed,
    limit: LIMIT,
    cap: LIMIT - HEADROOM,
    lockoutMs: REAL_WINDOW_MS / speed,
    roundTripMs: { min: roundTripMs[0] / speed, max: roundTripMs[1] / speed },
    requestTimeoutMs: 30_000 / speed,
    personEveryMs: 2_000 / speed,
    measuredWindows,
  };
}

/**
 * The scaled runs of every contender, the real minutes of ours, and a budget so wide that something is sent every other
 * millisecond.
 */
export function planScenarios({ isQuick }: { isQuick: boolean }): {
  forAll: Scenario[];
  forOurs: Scenario[];
  forRefusals: { scenario: Scenario; rounds: number };
} {
  const windows = isQuick ? 2 : 3;
  return {
    forAll: [toScenario('20-300 ms', 10, [20, 300], windows), toScenario('0-3 s', 10, [0, 3_000], windows)],
    forOurs: isQuick ? [] : [toScenario('real figures, 20-300 ms', 1, [20, 300], 3)],
    forRefusals: {
      scenario: { ...toScenario('429', 10, [20, 300], 20), limit: 1_500, cap: 1_425 },
      rounds: isQuick ? 5 : 20,
    },
  };
}
