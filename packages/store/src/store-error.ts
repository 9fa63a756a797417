import { JobError, PermanentError, RetryableError } from '@luma-sync/jobs';
import { Prisma } from './generated/client.js';

/**
 * Codes of Prisma that pass by themselves: no connection, timed out, too many connections, write conflict or deadlock.
 */
const PASSING = new Set(['P1000', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034', 'P2037']);

/**
 * SQLSTATEs that pass by themselves: connection, insufficient resources, operator intervention, serialization, a server
 * that is a replica, and a transaction that was idle for too long.
 */
const PASSING_SQLSTATE = /^(08|53|57|40|25006|25P03)/;

/**
 * SQLSTATEs of a statement that fails each time with the same values: bad data (22), broken constraints (23), what
 * Postgres cannot hold (54). 23503, 23505 and 23P01 are not among them: another process removed or wrote a row
 * meanwhile, and the next run sees that.
 */
const PERMANENT_SQLSTATE = /^(22|23(?!503|505|P01)|54)/;
const MISSING_REFERENCE = new Set(['23503', '23P01']);

/** What Prisma's adapter calls a connection that broke, could not be made, or fell silent. */
const PASSING_KINDS = new Set(['ConnectionClosed', 'DatabaseNotReachable', 'SocketTimeout', 'TooManyConnections']);

/** Words of errors of a connection that broke, or that Postgres refuses while it starts or ends. Lower case. */
const GONE = [
  'econnrefused',
  'econnreset',
  'epipe',
  'etimedout',
  'connection terminated',
  'terminating connection',
  'server closed the connection',
  'timeout exceeded when trying to connect',
  'is not queryable',
  'the database system is starting up',
  'the database system is shutting down',
];

/**
 * Tells whether Postgres is away or busy, as opposed to refusing this very statement. Raw queries carry their SQLSTATE
 * in `meta`, and a connection that breaks surfaces as a driver error without a code of Prisma's.
 */
export function isStoreUnavailable(error: unknown): boolean {
  // Classified by another boundary, whose words may speak of a lost connection as well: Luma's, say.
  if (error instanceof JobError) return false;
  if (error instanceof Prisma.PrismaClientInitializationError || error instanceof Prisma.PrismaClientRustPanicError)
    return true;
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    return (
      PASSING.has(error.code) || isPassing(driverCauseOf(error)) || PASSING_SQLSTATE.test(sqlStateOfKnown(error) ?? '')
    );
  }
  // A COMMIT whose connection broke comes as the adapter threw it.
  if (error instanceof Error && error.name === 'DriverAdapterError' && isPassing(error.cause as DriverCause))
    return true;
  const text = error instanceof Error ? `${error.name} ${error.message}` : '';
  return GONE.some((words) => text.toLowerCase().includes(words));
}

/**
 * Tells that a table or column this version knows is not there: the migrations have not run, or those of another
 * version have.
 */
export function isStoreUnmigrated(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return ['P2021', 'P2022'].includes(error.code) || ['42P01', '42703', '42704'].includes(sqlStateOfKnown(error) ?? '');
}

export function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError &&
    (error.code === 'P2002' || sqlStateOfKnown(error) === '23505')
  );
}

/** Tells that a lock was not to be had within `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && sqlStateOfKnown(error) === '55P03';
}

/** Tells that Postgres refuses these very values: no later try of the same statement can succeed. */
export function isUnstorable(error: unknown): boolean {
  if (error instanceof JobError) return error.code === REFUSED;
  return PERMANENT_SQLSTATE.test(sqlStateOf(error) ?? '');
}

const REFUSED = 'store.refused';

/**
 * Turns what Prisma threw into one of our errors; anything else comes back unchanged. Messages name the SQLSTATE alone:
 * those of Postgres quote the values.
 */
export function fromPrismaError(error: unknown): JobError | unknown {
  if (error instanceof JobError) return error;
  if (isStoreUnavailable(error))
    return new RetryableError('store.unavailable', 'Postgres did not answer', { cause: error });
  if (isUnstorable(error))
    return new PermanentError(REFUSED, `Postgres refuses the values of a statement (${sqlStateOf(error)})`, {
      cause: error,
    });
  if (isUniqueViolation(error) || MISSING_REFERENCE.has(sqlStateOf(error) ?? ''))
    return new RetryableError('store.conflict', 'another process wrote the same row', { cause: error });
  if (error instanceof Prisma.PrismaClientValidationError) {
    return new PermanentError('store.invalid', 'a query does not fit the schema', { cause: error });
  }
  return error;
}

interface DriverCause {
  kind?: unknown;
  originalCode?: unknown;
}

function driverCauseOf({ meta }: Prisma.PrismaClientKnownRequestError): DriverCause | undefined {
  return (meta as { driverAdapterError?: { cause?: DriverCause } } | undefined)?.driverAdapterError?.cause;
}

/** Also of an error that the adapter threw itself, as at a COMMIT, and of what {@link fromPrismaError} made of one. */
export function sqlStateOf(error: unknown): string | null {
  if (error instanceof JobError) return error.cause === undefined ? null : sqlStateOf(error.cause);
  if (error instanceof Prisma.PrismaClientKnownRequestError) return sqlStateOfKnown(error);
  if (!(error instanceof Error) || error.name !== 'DriverAdapterError') return null;
  const state = (error.cause as DriverCause | undefined)?.originalCode;
  return typeof state === 'string' ? state : null;
}

function isPassing(cause: DriverCause | undefined): boolean {
  return PASSING_KINDS.has(String(cause?.kind)) || PASSING_SQLSTATE.test(String(cause?.originalCode ?? ''));
}

function sqlStateOfKnown(error: Prisma.PrismaClientKnownRequestError): string | null {
  const state = driverCauseOf(error)?.originalCode ?? (error.meta as { code?: unknown } | undefined)?.code;
  return typeof state === 'string' ? state : null;
}
