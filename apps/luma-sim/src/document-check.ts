import { createJudge, DEVIATIONS, type JudgedRequest, laterFacts, lumaFacts } from '@luma-sync/luma-facts';
import { InvalidRequestError } from './http-error.js';

/** A request that Luma's document does not allow. Holds names of fields and no values. */
export interface OutsideRequest {
  method: string;
  path: string;
  /** What is wrong with it, one problem each. */
  problems: string[];
}

/** Newest requests kept; the count goes on. */
const KEPT_MAX = 100;

const judge = createJudge(lumaFacts(), DEVIATIONS, laterFacts());

/** Holds every request against the facts of Luma's document, and counts those outside of it. */
export class DocumentCheck {
  #count = 0;
  #kept: OutsideRequest[] = [];

  get count(): number {
    return this.#count;
  }

  get entries(): readonly OutsideRequest[] {
    return this.#kept;
  }

  /**
   * Does the work of a request that the document allows.
   *
   * @throws {InvalidRequestError} for one that it refuses, in Luma's words, without doing anything.
   */
  admit<T>(request: JudgedRequest, work: () => T): T {
    const { route, refusals, unknownFields } = judge(request);
    const problems = [
      ...(route === 'none' ? ['- the document does not have this route'] : []),
      ...refusals,
      ...unknownFields.map((field) => `- ${field}: the document does not have this field`),
    ];
    if (problems.length > 0) this.#note(request, problems);
    if (refusals.length > 0) throw new InvalidRequestError(refusals);
    try {
      return work();
    } catch (error) {
      // A route of a later document is judged by the contract alone.
      if (route === 'other' && error instanceof InvalidRequestError) this.#note(request, error.problems);
      throw error;
    }
  }

  #note({ method, path }: JudgedRequest, problems: readonly string[]): void {
    this.#count += 1;
    this.#kept = [...this.#kept, { method, path, problems: [...problems] }].slice(-KEPT_MAX);
  }
}
