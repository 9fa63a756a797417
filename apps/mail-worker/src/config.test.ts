import { expect, it } from '@jest/globals';
import { parseConfig } from '@luma-sync/runtime';
import { mailWorkerEnvironment, smtpWorkerEnvironment } from './config.js';

const base = {
  DATABASE_URL: 'postgresql://127.0.0.1:5432/luma_sync',
  REDIS_URL: 'redis://127.0.0.1:6379',
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  MAIL_FROM: 'Events <events@example.org>',
};

it('the worker starts with an SMTP server in place of a key of Resend, and with neither it names what is missing', () => {
  const smtp = { ...base, MAIL_PROVIDER: 'smtp', SMTP_URL: 'smtps://events:secret@mail.example.org' };
  expect(parseConfig(smtpWorkerEnvironment, smtp)).toMatchObject({ MAIL_PROVIDER: 'smtp', SMTP_URL: smtp.SMTP_URL });
  expect(() => parseConfig(smtpWorkerEnvironment, base)).toThrow('SMTP_URL is missing');
  expect(() => parseConfig(smtpWorkerEnvironment, { ...smtp, SMTP_URL: 'https://mail.example.org' })).toThrow(
    'smtp://',
  );
  expect(() => parseConfig(mailWorkerEnvironment, base)).toThrow('RESEND_API_KEY is missing');
});
