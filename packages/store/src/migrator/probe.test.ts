import { it } from '@jest/globals';
import { withEngine } from './schema-engine.js';
import {readFileSync} from 'node:fs';
it('x', async () => {
  const url = process.env.DATABASE_URL!;
  await withEngine({ url, shadow: url }, async (e) => {
    const schema = readFileSync('prisma/schema.prisma','utf8');
    const files=[{path:'schema.prisma',content:schema}];
    const sql=readFileSync('prisma/migrations/20261120000000_init/migration.sql','utf8');
    const ml={ baseDir: './prisma/migrations', lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' }, shadowDbInitScript: '', migrationDirectories: [{ path: '20260101000000_init', migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } } }] } as never;
    const filters = { externalTables: [], externalEnums: [] };
    try { console.log(await e.diff({from:{tag:'migrations',...(ml as object)} as never,to:{tag:'schemaDatamodel',files, configDir:'.'} as never,script:true,exitCode:true,filters, shadowDatabaseUrl: null} as never)); } catch (err) { console.log('ERR', err, JSON.stringify(err), Object.keys(err as object)); }
    try { console.log(await e.applyMigrations({migrationsList: ml, filters})); } catch (err) { console.log('ERR', err, JSON.stringify(err), Object.keys(err as object)); }
    try { console.log(await e.diff({from:{tag:'migrations',...(ml as object)} as never,to:{tag:'schemaDatamodel',files, configDir:'.'} as never,script:true,exitCode:true,filters, shadowDatabaseUrl: null} as never)); } catch (err) { console.log('ERR', err, JSON.stringify(err), Object.keys(err as object)); }
  });
});
