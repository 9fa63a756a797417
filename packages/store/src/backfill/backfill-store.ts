import type { Database } from '../database.js';
import { markPushFailed } from '../events/push-marks.js';
import { fencedTransaction, type LeaseHolder } from '../leases.js';
import { type Adoption, adoptLumaEvent } from './adopt.js';
import { askBeforeAdoption, findDiscoveryState } from './adoption-questions.js';
import { findHeldEvents, listUnlinkedEvents } from './candidates.js';
import {
  beginBackfill,
  findBackfillPlan,
  finishBackfill,
  listBackfillSteps,
  markBackfillStep,
  type NewBackfillPlan,
  storeBackfillPlan,
} from './plans.js';
import { findLinkAnswer, listBackfillAnswers } from './questions.js';

/** What making a plan reads, and the plan it stores. */
export function createBackfillStore(db: Database) {
  return {
    listUnlinked: (query: Parameters<typeof listUnlinkedEvents>[1]) => listUnlinkedEvents(db, query),
    findHeld: (lumaEventIds: readonly string[]) => findHeldEvents(db, lumaEventIds),
    listAnswers: (calendarId: string) => listBackfillAnswers(db, calendarId),
    findLinkAnswer: (eventId: string) => findLinkAnswer(db, eventId),
    findDiscoveryState: (calendarId: string) => findDiscoveryState(db, calendarId),
    askBeforeAdoption: (holder: LeaseHolder, asked: Parameters<typeof askBeforeAdoption>[2]) =>
      askBeforeAdoption(db, holder, asked),
    storePlan: (plan: NewBackfillPlan) => storeBackfillPlan(db, plan),
    findPlan: (planId: string) => findBackfillPlan(db, planId),
    listSteps: (planId: string, query: Parameters<typeof listBackfillSteps>[2]) => listBackfillSteps(db, planId, query),
    begin: (holder: LeaseHolder, planId: string) => beginBackfill(db, holder, planId),
    adopt: (holder: LeaseHolder, adoption: Adoption) => adoptLumaEvent(db, holder, adoption),
    markDone: (holder: LeaseHolder, planId: string, position: number) =>
      fencedTransaction(db, holder, (tx) => markBackfillStep(tx, planId, position)),
    /**
     * Luma will not have this event: it says so itself, as after a push that was given up, and the other steps go on.
     */
    markFailed: (
      holder: LeaseHolder,
      step: { planId: string; position: number; eventId: string },
      error: { code: string; message: string },
    ) =>
      fencedTransaction(db, holder, async (tx) => {
        await markPushFailed(tx, step.eventId, error);
        await markBackfillStep(tx, step.planId, step.position);
      }),
    finish: (holder: LeaseHolder, planId: string, end: Parameters<typeof finishBackfill>[3]) =>
      finishBackfill(db, holder, planId, end),
  };
}

export type BackfillStore = ReturnType<typeof createBackfillStore>;
