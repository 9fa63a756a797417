type Closer = () => Promise<void> | void;

/**
 * Where scripts/jest/environment.mjs looks when a test file is over: after the file's own hooks, so that what they
 * close still finds its database. A symbol, because a test's module and the environment share nothing but globals.
 */
const key = Symbol.for('luma-sync.testkit.closers');

function closers(): Set<Closer> {
  const holder = globalThis as { [key]?: Set<Closer> };
  holder[key] ??= new Set();
  return holder[key];
}

/**
 * Makes sure that something opened by a test is closed when its file ends, whatever happens in between.
 *
 * @returns `close` for doing it earlier. However often it is called, `closer` runs once.
 */
export function atEnd(closer: Closer): () => Promise<void> {
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closers().delete(close);
    closing ??= (async () => closer())();
    return closing;
  };
  closers().add(close);
  return close;
}
