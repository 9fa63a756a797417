import { describe, expect, it } from '@jest/globals';
import type { Database, Tx } from './database.js';

/** What every command is: it takes the transaction that its caller opened. */
const command = (tx: Tx): Tx => tx;

describe('Tx', () => {
  it('is a transaction; the database itself does not compile in its place', () => {
    const tx = {} as Tx;
    const db = {} as Database;
    expect(command(tx)).toBe(tx);
    // @ts-expect-error A command on the database would commit statement by statement.
    expect(command(db)).toBe(db);
  });
});
