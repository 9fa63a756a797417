import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bindMigrationAwareSqlAdapterFactory, type SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { openCatalogAdapter } from './catalog-adapter.js';

type WasmExports = { __wbindgen_start(): void };
type EngineModule = typeof import('@prisma/schema-engine-wasm') & { __wbg_set_wasm(exports: WasmExports): void };

/**
 * The two names of WebAssembly used here; TypeScript knows them from the browser's types only, Node has them as
 * globals.
 */
const { Module, Instance } = (
  globalThis as unknown as {
    WebAssembly: {
      Module: new (code: Uint8Array) => object;
      Instance: new (module: object, imports: Record<string, object>) => { exports: WasmExports };
    };
  }
).WebAssembly;

const packageName = '@prisma/schema-engine-wasm';

/** One instance per process: the module keeps its WebAssembly memory in a global of its own. */
let loading: Promise<EngineModule> | null = null;

/**
 * Prisma's own schema engine, the one behind `prisma migrate deploy`, as WebAssembly: no binary has to be downloaded,
 * and what it writes to `_prisma_migrations` is what Prisma's command line expects to find there.
 */
function loadEngine(): Promise<EngineModule> {
  loading ??= instantiate();
  return loading;
}

let panic: string | null = null;

function rememberPanic(message: string): void {
  panic = message;
  // A crashed instance stays broken: the next caller gets a new one.
  loading = null;
}

async function instantiate(): Promise<EngineModule> {
  const dir = dirname(createRequire(import.meta.url).resolve(packageName));
  // The package's main entry imports its `.wasm` file as a module, which Node does only with a flag: this is the same,
  // by hand.
  const bindings = 'schema_engine_bg.js';
  const engine: EngineModule = await import(pathToFileURL(join(dir, bindings)).href);
  const code = new Module(await readFile(join(dir, 'schema_engine_bg.wasm')));
  // Where the engine leaves its last words should it crash.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: rememberPanic } });
  const { exports } = new Instance(code, { [`./${bindings}`]: letProcessExit(engine) });
  engine.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return engine;
}

/** The engine leaves a timer of 10 s behind, the limit of its own lock: it must not keep a finished process alive. */
function letProcessExit(engine: EngineModule): Record<string, unknown> {
  const imports: Record<string, unknown> = { ...engine };
  for (const [name, original] of Object.entries(imports)) {
    if (!name.startsWith('__wbg_setTimeout') || typeof original !== 'function') continue;
    imports[name] = (...args: unknown[]): NodeJS.Timeout => original(...args).unref();
  }
  return imports;
}

/**
 * Runs `work` with an engine connected to a database and closes the connections after it.
 *
 * @param url    The database to migrate or to compare.
 * @param shadow An empty database in which the engine works out what the migrations amount to.
 */
export async function withEngine<T>(
  { url, shadow }: { url: string; shadow?: string },
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { SchemaEngine } = await loadEngine();
  const opened: SqlDriverAdapter[] = [];
  const open = async (url: string): Promise<SqlDriverAdapter> => {
    const adapter = await openCatalogAdapter(url);
    opened.push(adapter);
    return adapter;
  };
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => open(url),
    // Not the adapter's own shadow database: it sets the name beside the connection string, where the string's name
    // wins, so that the "shadow" would be the main database.
    connectToShadowDb: () => {
      if (shadow === undefined) throw new Error('this work needs a shadow database');
      return open(shadow);
    },
  });
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
  try {
    return await work(engine);
  } catch (error) {
    throw panic === null ? error : new Error(`the schema engine crashed: ${panic}`, { cause: error });
  } finally {
    if (panic === null) engine.free();
    panic = null;
    await Promise.allSettled(opened.map((adapter) => adapter.dispose()));
  }
}
