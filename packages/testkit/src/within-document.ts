import { appendFileSync } from 'node:fs';

/** A simulated Luma, as far as it counts. */
export interface CountingLuma {
  control: {
    outside(): { count: number; entries: readonly unknown[] };
    counters(): { requests: number };
  };
}

/**
 * Whatever a test plays, nothing is sent that Luma's document does not allow. To be called at the end of a test file.
 * Adds the requests to the file that `LUMA_REQUESTS_FILE` names, for the last lines of `npm test`.
 *
 * @throws {Error} with the requests that the document does not allow
 */
export function expectWithinDocument(sims: readonly CountingLuma[]): void {
  const outside = sims.map(({ control }) => control.outside());
  const count = outside.reduce((sum, { count: some }) => sum + some, 0);
  const requests = sims.reduce((sum, { control }) => sum + control.counters().requests, 0);
  const file = process.env.LUMA_REQUESTS_FILE;
  if (file !== undefined) appendFileSync(file, `${requests} ${count}\n`);
  if (count > 0) {
    const entries = JSON.stringify(outside.flatMap((some) => some.entries));
    throw new Error(`${count} requests are outside of Luma's document: ${entries}`);
  }
}
