import { z } from 'zod';
import { urlField } from './fields.js';

const asked = { id: z.string(), label: z.string(), required: z.boolean() };

const termsSchema = z.discriminatedUnion('content_type', [
  z.strictObject({
    content_type: z.literal('text'),
    content_md: z.string(),
    collect_signature: z.boolean(),
    require_review: z.boolean().optional(),
  }),
  z.strictObject({ content_type: z.literal('link'), url: urlField, collect_signature: z.boolean() }),
]);

/** A question of the registration, as it is sent. Documented. */
export const registrationQuestionSchema = z.discriminatedUnion('question_type', [
  z.strictObject({
    ...asked,
    question_type: z.enum([
      'agree-check',
      'github',
      'instagram',
      'linkedin',
      'long-text',
      'phone-number',
      'telegram',
      'text',
      'twitter',
      'url',
      'youtube',
    ]),
  }),
  z.strictObject({
    ...asked,
    question_type: z.literal('company'),
    collect_job_title: z.boolean().nullable().optional(),
    job_title_label: z.string().nullable().optional(),
  }),
  z.strictObject({
    ...asked,
    question_type: z.enum(['dropdown', 'multi-select']),
    options: z.array(z.string()).max(250),
  }),
  z.strictObject({ ...asked, question_type: z.literal('terms'), terms: termsSchema }),
]);
