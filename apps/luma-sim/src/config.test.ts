import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

describe('configuration', () => {
  it('an empty environment is enough', () => {
    expect(readConfig({ PORT: '' })).toMatchObject({ ok: true, config: { HOST: '127.0.0.1', PORT: 0 } });
  });

  it('names every problem at once', () => {
    const read = readConfig({ PORT: '-1', SIM_BUDGET_LIMIT: 'many', SIM_SETTINGS: '{' });
    expect(read).toMatchObject({
      ok: false,
      problems: [
        expect.stringMatching(/^PORT: /),
        expect.stringMatching(/^SIM_BUDGET_LIMIT: /),
        'SIM_SETTINGS: Invalid JSON',
      ],
    });
  });

  it('takes single settings as JSON, and refuses ones that do not exist', () => {
    const read = readConfig({ SIM_BUDGET_LIMIT: '5', SIM_SETTINGS: '{"webhooks":{"lossProbability":0.1}}' });
    expect(read).toMatchObject({
      ok: true,
      config: { settings: { webhooks: { lossProbability: 0.1 }, budget: { rules: [{ limit: 5 }] } } },
    });
    expect(readConfig({ SIM_SETTINGS: '{"webhooks":{"color":"red"}}' })).toMatchObject({
      ok: false,
      problems: ['SIM_SETTINGS.webhooks: Unrecognized key: "color"'],
    });
  });
});
