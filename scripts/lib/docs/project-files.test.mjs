import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { oldestNode } from '../node/version.mjs';
import { inRoot, root } from '../paths.mjs';

const read = (...path) => readFileSync(inRoot(...path), 'utf8');
const json = (...path) => JSON.parse(read(...path));
/** An address of a server, or an image or action with the name of its registry in front. */
const host = /https?:\/\/|\b[\w-]+\.(io|com|org|dev)\b/;

describe('the workflow of CI', () => {
  const workflow = parse(read('.github', 'workflows', 'ci.yml'));

  it('runs .ci/run on the oldest supported and on the present version of Node', () => {
    const { strategy, steps } = workflow.jobs.check;
    expect(strategy.matrix.node).toEqual([22, 24]);
    expect(Math.min(...strategy.matrix.node)).toBe(oldestNode()[0]);
    expect(steps.map(({ run }) => run)).toContain('.ci/run');
    expect(existsSync(inRoot('.ci', 'run'))).toBe(true);
  });

  it('may read the sources and nothing else, and names no registry', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(read('.github', 'workflows', 'ci.yml')).not.toMatch(host);
  });
});

describe('the devcontainer', () => {
  const container = json('.devcontainer', 'devcontainer.json');

  it('has the Node of the images, and sets up with a command that exists', () => {
    const [, image = ''] = /ARG NODE_IMAGE=node:(\d+)/.exec(read('Dockerfile')) ?? [];
    expect(container.image).toMatch(new RegExp(`^node:${image}\\b`));
    const [, command = ''] = /^npm run ([\w:]+)$/.exec(container.postCreateCommand) ?? [];
    expect(json('package.json').scripts).toHaveProperty([command]);
  });
});

describe('.editorconfig', () => {
  it('agrees with the formatter', () => {
    const settings = read('.editorconfig');
    const { indentStyle, indentWidth, lineWidth } = json('biome.json').formatter;
    expect(settings).toContain(`indent_style = ${indentStyle}\nindent_size = ${indentWidth}\n`);
    expect(settings).toContain(`max_line_length = ${lineWidth}\n`);
  });
});

const units = ['packages', 'apps'].flatMap((kind) =>
  readdirSync(join(root, kind))
    .map((name) => `${kind}/${name}`)
    .filter((dir) => existsSync(inRoot(dir, 'package.json'))),
);

describe('each package and app', () => {
  it.each(units)('%s has a README', (dir) => {
    expect(existsSync(inRoot(dir, 'README.md'))).toBe(true);
  });

  it.each(units.filter((dir) => dir.startsWith('packages/')))(
    '%s is explained on a page, by files that exist',
    (dir) => {
      const text = read(dir, 'README.md');
      expect(text.split('\n').length).toBeLessThanOrEqual(60);
      const files = [...text.matchAll(/^\| `((?:src|test)\/[^`]+)` \|/gm)].map(([, file]) => file);
      // The page of the client is for those who install it, and shows calls instead of files.
      expect(files.length > 0).toBe(dir !== 'packages/client');
      expect(files.filter((file) => !existsSync(inRoot(dir, file)))).toEqual([]);
    },
  );
});

describe('a command in the documents', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...units.map((dir) => `${dir}/README.md`),
    ...['bench', 'chaos', 'simulation'].map((dir) => `${dir}/README.md`),
    ...readdirSync(inRoot('docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  it.each(pages)('exists in package.json: %s', (page) => {
    const named = [...read(page).matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map(([, name]) => name);
    const { scripts } = json('package.json');
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('is in the README or in CONTRIBUTING when people call it', () => {
    const text = read('README.md') + read('CONTRIBUTING.md');
    const named = new Set([...text.matchAll(/\bnpm (?:run )?([a-z](?:[\w:-]*\w)?)/g)].map(([, name]) => name));
    expect(Object.keys(json('package.json').scripts).filter((name) => !named.has(name))).toEqual([]);
  });
});
