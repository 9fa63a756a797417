import { describe, expect, it } from '@jest/globals';
import { toStartLines } from './start-words.mjs';

const settings = { PUBLIC_URL: 'http://127.0.0.1:8080', OPERATOR_PASSWORD: 'a-password', BOOTSTRAP_API_KEY: 'a-key' };

describe('npm start', () => {
  it.each([
    ['to a terminal', true],
    ['into a log', false],
  ])('says %s where password and key are kept, and neither itself', (_, isTerminal) => {
    for (const env of [{}, settings]) {
      const said = toStartLines(settings, { env, isTerminal, secretsFile: '.data/start.env' }).join('\n');
      expect(said).toContain('http://127.0.0.1:8080');
      expect(said).not.toMatch(/a-password|a-key/);
      if (isTerminal) expect(said).toContain('OPERATOR_PASSWORD');
      if (isTerminal && env === settings) expect(said).toContain('as you set it');
      if (isTerminal && env !== settings) expect(said).toContain('.data/start.env');
    }
  });
});
