import pg from 'pg';
import { toStorableValues } from './storable-values.js';

interface WithSocket {
  connection: { stream: { destroy(error: Error): void } };
}

/**
 * A client of Postgres that gives a connection up which has not answered a query within `limitMs`: a machine that
 * vanished, or a firewall that forgot the connection, never closes it. Left to itself such a connection would hold its
 * query and its place in the pool for a quarter of an hour or longer. Above the time Postgres itself gives a statement,
 * so that a slow one is ended by Postgres.
 *
 * Every value it sends is made storable.
 */
export function clientThatGivesUp(limitMs: number): new () => pg.ClientBase {
  class Client extends pg.Client {
    // The overloads of pg's own; what is passed on is passed on as it came.
    override query(...args: unknown[]): never {
      const { stream } = (this as unknown as WithSocket).connection;
      makeStorable(args);
      const timer = setTimeout(() => stream.destroy(new SilentConnection()), limitMs);
      const over = (): void => clearTimeout(timer);
      const last = args.length - 1;
      const callback = args[last];
      if (typeof callback === 'function') {
        args[last] = (...answer: unknown[]) => {
          over();
          callback(...answer);
        };
      }
      const result: unknown = Reflect.apply(super.query, this, args);
      if (result instanceof Promise) result.then(over, over);
      return result as never;
    }
  }
  return Client as unknown as new () => pg.ClientBase;
}

/** The overloads: a text and its values, or one object that holds both, followed by the values or not. */
function makeStorable(args: unknown[]): void {
  const [statement, values] = args;
  if (Array.isArray(values)) args[1] = toStorableValues(values);
  if (typeof statement === 'object' && statement !== null && 'values' in statement && Array.isArray(statement.values))
    args[0] = Object.assign(Object.create(Object.getPrototypeOf(statement)), statement, {
      values: toStorableValues(statement.values),
    });
}

/** Looks like the reset that never came: the code that tells lost connections from other errors recognizes it. */
class SilentConnection extends Error {
  readonly code = 'ECONNRESET';
  readonly syscall = 'read';
  readonly errno = -104;

  constructor() {
    super('Postgres did not answer within the time limit; the connection was given up');
    this.name = 'SilentConnection';
  }
}
