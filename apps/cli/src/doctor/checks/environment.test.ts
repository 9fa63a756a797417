import { expect, it } from '@jest/globals';
import { checkEnvironment } from './environment.js';

const find = (env: NodeJS.ProcessEnv, name: string) => checkEnvironment(env).find(({ what }) => what === name);

it('with an SMTP server the doctor asks for its address, and not for a key of Resend', () => {
  expect(find({}, 'RESEND_API_KEY')).toMatchObject({ verdict: 'note', advice: expect.stringContaining('mail-worker') });
  const env = { MAIL_PROVIDER: 'smtp' };
  expect(find(env, 'RESEND_API_KEY')).toMatchObject({ verdict: 'ok' });
  expect(find(env, 'SMTP_URL')).toMatchObject({ verdict: 'note', advice: expect.stringContaining('is missing') });
  expect(find({ ...env, SMTP_URL: 'smtp://127.0.0.1' }, 'SMTP_URL')).toMatchObject({ verdict: 'ok', advice: '' });
});
