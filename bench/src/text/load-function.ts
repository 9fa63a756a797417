import type { TextFunction } from './text-functions.js';

/** Runs the function on a text. What the function throws is its answer: a refusal has to be as quick as a result. */
export type Run = (text: string) => Promise<void>;

type Load = (file: string) => Promise<Record<string, unknown>>;

/** @param load Imports a file that the registry names. */
export async function loadFunction(of: TextFunction, load: Load): Promise<Run> {
  const found = (await load(of.file))[of.name];
  const call = toCall(found);
  if (call === null) throw new Error(`${of.file} exports no function or schema "${of.name}"`);
  return async (text) => {
    try {
      await call(...of.toArguments(text));
    } catch (error) {
      // A stack that overflows depends on the text's length, and would hide how the work grows.
      if (error instanceof RangeError && error.message.includes('call stack')) throw error;
    }
  };
}

interface Schema {
  safeParse(value: unknown): unknown;
}

function toCall(found: unknown): ((...given: unknown[]) => unknown) | null {
  if (typeof found === 'function') return found as (...given: unknown[]) => unknown;
  if (typeof found === 'object' && found !== null && 'safeParse' in found)
    return (value) => (found as Schema).safeParse(value);
  return null;
}

/**
 * The compiled file of a package or an app: neither is imported by name, since most of these functions are not exported
 * there.
 */
export async function loadCompiled(file: string): Promise<Record<string, unknown>> {
  const [kind, name, ...rest] = file.split('/');
  const path = new URL(`../../../${kind}/${name}/dist/${rest.join('/')}.js`, import.meta.url);
  return (await import(path.href)) as Record<string, unknown>;
}
