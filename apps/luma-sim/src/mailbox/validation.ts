import { z } from 'zod';
import { ResendError } from './errors.js';

/** A name outside of quotation marks holds none of the signs that separate addresses. */
const ADDRESS = /^(?:(?:[^<>",;:@]*|"[^"<>]*" ?)<[^\s@<>,]+@[^\s@<>,]+>|[^\s@<>,]+@[^\s@<>,]+)$/;
const oneOrMany = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));

/** A mail as Resend takes it. Unknown fields pass: attachments, tags and the like are kept but not looked into. */
const bodySchema = z.looseObject({
  from: z.string(),
  to: oneOrMany,
  subject: z.string(),
  html: z.string().optional(),
  text: z.string().optional(),
  cc: oneOrMany.optional(),
  bcc: oneOrMany.optional(),
  reply_to: oneOrMany.optional(),
});
export type MailBody = z.output<typeof bodySchema>;

/** Documented: at most 50 recipients a mail. */
const RECIPIENTS_MAX = 50;

/** Reads a mail or throws Resend's refusal for it. */
export function readMail(raw: unknown): MailBody {
  const body = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
  for (const field of ['from', 'to', 'subject'] as const) {
    if (body[field] === undefined || body[field] === null || body[field] === '') {
      throw new ResendError(422, 'missing_required_field', `Missing \`${field}\` field.`);
    }
  }
  const parsed = bodySchema.safeParse(raw);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new ResendError(422, 'validation_error', `Invalid \`${field}\` field.`);
  }
  const mail = parsed.data;
  for (const [field, addresses] of [
    ['from', [mail.from]],
    ['to', mail.to],
    ['cc', mail.cc ?? []],
    ['bcc', mail.bcc ?? []],
  ] as const) {
    if (addresses.some((address) => !ADDRESS.test(address.trim()))) {
      throw new ResendError(
        422,
        field === 'from' ? 'invalid_from_address' : 'validation_error',
        `Invalid \`${field}\` field. The email address needs to follow the \`email@example.com\` or \`Name ` +
          '<email@example.com>` format.',
      );
    }
  }
  if (mail.to.length === 0 || mail.to.length > RECIPIENTS_MAX) {
    throw new ResendError(
      422,
      'validation_error',
      `The \`to\` field must have between 1 and ${RECIPIENTS_MAX} recipients.`,
    );
  }
  if (mail.html === undefined && mail.text === undefined && body.template === undefined) {
    throw new ResendError(422, 'missing_required_field', 'Missing `html` or `text` field.');
  }
  return mail;
}
