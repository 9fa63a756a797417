import type { AnswerHeaders, SlotAnswer, SlotGate, SlotRequest } from '../src/slot-gate.js';

export interface RecordingGate extends SlotGate {
  asked: SlotRequest[];
  settled: { id: string; status: number; headers: AnswerHeaders }[];
  released: string[];
  blocks: { account: string; forMs: number }[];
  /** What the next question is answered with instead of a slot. */
  answerNext(answer: SlotAnswer): void;
  remainingMs: number;
}

/** A gate that grants and writes everything down. */
export function createRecordingGate(): RecordingGate {
  const next: SlotAnswer[] = [];
  const gate: RecordingGate = {
    asked: [],
    settled: [],
    released: [],
    blocks: [],
    remainingMs: 30_000,
    answerNext: (answer) => void next.push(answer),
    acquire: async (request) => {
      gate.asked.push(request);
      const planned = next.shift();
      if (planned !== undefined) return planned;
      const id = `slot-${gate.asked.length}`;
      return {
        granted: true,
        slot: {
          id,
          remainingMs: () => gate.remainingMs,
          settle: async ({ status, headers }) => void gate.settled.push({ id, status, headers }),
          release: async () => void gate.released.push(id),
        },
      };
    },
    block: async (account, forMs) => void gate.blocks.push({ account, forMs }),
  };
  return gate;
}
