import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm';
import { CatalogPool } from './catalog-pool.js';

type EngineModule = typeof import('@prisma/schema-engine-wasm') & {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
};

const packageName = '@prisma/schema-engine-wasm';

/** One instance per process: the module keeps its WebAssembly memory in a global of its own. */
let loading: Promise<EngineModule> | null = null;

/**
 * Prisma's own schema engine, the one behind `prisma migrate deploy`, as WebAssembly: no binary has to be downloaded, and
 * what it writes to `_prisma_migrations` is what Prisma's command line expects to find there.
 */
function loadEngine(): Promise<EngineModule> {
  loading ??= instantiate();
  return loading;
}

async function instantiate(): Promise<EngineModule> {
  const dir = dirname(createRequire(import.meta.url).resolve(packageName));
  // The package's main entry imports its `.wasm` file as a module, which Node 20 cannot do: this is the same, by hand.
  const bindings = 'schema_engine_bg.js';
  const engine: EngineModule = await import(pathToFileURL(join(dir, bindings)).href);
  const code = new WebAssembly.Module(await readFile(join(dir, 'schema_engine_bg.wasm')));
  const instance = new WebAssembly.Instance(code, { [`./${bindings}`]: engine as unknown as WebAssembly.ModuleImports });
  engine.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
  return engine;
}

/**
 * Runs `work` with an engine connected to a database and closes the connections after it.
 *
 * @param databases.url    The database to migrate or to compare.
 * @param databases.shadow An empty database in which the engine works out what the migrations amount to.
 */
export async function withEngine<T>(
  databases: { url: string; shadow?: string },
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { SchemaEngine } = await loadEngine();
  const opened: SqlDriverAdapter[] = [];
  const open = async (url: string): Promise<SqlDriverAdapter> => {
    const adapter = await new PrismaPg(new CatalogPool({ connectionString: url }), { disposeExternalPool: true }).connect();
    opened.push(adapter);
    return adapter;
  };
  const factory = bindMigrationAwareSqlAdapterFactory({
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => open(databases.url),
    // Not the adapter's own shadow database: it sets the name beside the connection string, where the string's name wins,
    // so that the "shadow" would be the main database.
    connectToShadowDb: () => {
      if (databases.shadow === undefined) throw new Error('this work needs a shadow database');
      return open(databases.shadow);
    },
  });
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
  try {
    return await work(engine);
  } finally {
    engine.free();
    await Promise.allSettled(opened.map((adapter) => adapter.dispose()));
  }
}
