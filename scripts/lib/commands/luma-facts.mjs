import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare } from '../build.mjs';
import { inRoot } from '../paths.mjs';
import { say, UserError } from '../steps.mjs';
import { withRun } from '../with-run.mjs';

/**
 * Luma's document of June 2026, beside the checkout. It is not ours to pass on: a table of its facts is kept instead.
 */
const documentFile = inRoot('..', 'shared', 'luma', 'openapi.json');

/**
 * Writes the table of facts anew, from the file that is named or from the document beside the checkout.
 * `--later FILE` writes what the deviations rest on of a later document instead.
 */
export function lumaFacts(args) {
  const isLater = args[0] === '--later';
  const [file = documentFile] = isLater ? args.slice(1) : args;
  return withRun('luma:facts', async (run) => {
    const path = resolve(file);
    if (!existsSync(path)) throw new UserError(`there is no file ${path}: name Luma's OpenAPI document`);
    await prepare(run);
    const facts = await import(pathToFileURL(inRoot('packages', 'luma-facts', 'dist', 'index.js')).href);
    const given = read(path, facts);
    const table = facts.toTable(isLater ? facts.toLaterFacts(facts.lumaFacts(), given) : given);
    writeFileSync(isLater ? facts.LATER_TABLE_FILE : facts.TABLE_FILE, facts.printTable(table));
    say(`${Object.keys(table.parts).length} parts of requests, answers and webhooks are in the table`);
    return 0;
  });
}

function read(path, { readOpenApi, UnreadableDocumentError }) {
  try {
    return readOpenApi(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError(`${path} is not JSON`);
    if (error instanceof UnreadableDocumentError) throw new UserError(`${path}: ${error.message}`);
    throw error;
  }
}
