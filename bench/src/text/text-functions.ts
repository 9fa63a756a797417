/**
 * Every function that reads text from outside: from Luma, an app, a guest, a mail provider, a foreign host.
 * `npm run bench:text` measures them, and text-functions.property.test.ts holds that the work of each grows as its text
 * does. A new one belongs here.
 */
export interface TextFunction {
  /** Package or app and file, without `src` and extension: `packages/domain/events/slug`. */
  file: string;
  /** What the file exports: a function, or a zod schema, which then parses. */
  name: string;
  /** Which of several ways to call it. */
  variant?: string;
  /** The arguments, or the one value to parse, that hold the text. */
  toArguments(text: string): unknown[];
}

const one = (text: string): unknown[] => [text];
/** Two texts that differ at the end alone. */
const two = (text: string): unknown[] => [text, `${text}y`];

const event = {
  id: 'evt-1',
  name: 'Drum circle',
  start_at: '2027-01-05T18:00:00.000Z',
  end_at: '2027-01-05T20:00:00.000Z',
  timezone: 'Europe/Berlin',
};
const guest = { id: 'gst-1', user_email: 'guest@example.org', approval_status: 'approved' };
const eventBody = {
  title: 'Drum circle',
  startsAt: '2027-01-05T18:00:00Z',
  endsAt: '2027-01-05T20:00:00Z',
  timezone: 'Europe/Berlin',
};

const withEvery = <T extends object>(record: T, fields: readonly string[], text: string): unknown[] => [
  { ...record, ...Object.fromEntries(fields.map((field) => [field, text])) },
];
const variants = (
  of: Pick<TextFunction, 'file' | 'name'>,
  fields: readonly string[],
  toArguments: (field: string, text: string) => unknown[],
): TextFunction[] =>
  fields.map((field) => ({ ...of, variant: field, toArguments: (text) => toArguments(field, text) }));

const sameText = 'packages/domain/events/same-text';
const fields = 'apps/ingress/v1/schemas/fields';

export const TEXT_FUNCTIONS: readonly TextFunction[] = [
  { file: 'packages/domain/text/linear', name: 'toNormalForm', toArguments: (text) => [text, 'NFKD'] },
  { file: 'packages/domain/text/linear', name: 'parseUrl', toArguments: one },
  {
    file: 'packages/domain/text/linear',
    name: 'parseUrl',
    variant: 'host',
    toArguments: (text) => [`http://${text}/`],
  },
  { file: 'packages/domain/text/linear', name: 'trimEndOf', toArguments: (text) => [text, ' \t*-x'] },
  { file: 'packages/domain/text/linear', name: 'withoutInvisible', toArguments: one },
  { file: sameText, name: 'emptyToNull', toArguments: one },
  { file: sameText, name: 'isSameLine', toArguments: two },
  { file: sameText, name: 'isSameMarkdown', toArguments: two },
  { file: sameText, name: 'toPlainMarkdown', toArguments: one },
  { file: sameText, name: 'isSameUrl', toArguments: (text) => [`http://a/${text}`, `http://a/${text}y`] },
  { file: sameText, name: 'isSameUrl', variant: 'host', toArguments: (text) => [`http://${text}`, `http://${text}y`] },
  // The same words, so that the links are compared as well.
  { file: sameText, name: 'hasSameWords', toArguments: (text) => [text, `${text} `] },
  { file: sameText, name: 'holdsWords', toArguments: (text) => [text, `${text.slice(0, text.length / 2)}y`] },
  {
    file: sameText,
    name: 'holdsWords',
    variant: 'within',
    toArguments: (text) => [text, `y${text.slice(0, text.length / 2)}`],
  },
  { file: 'packages/domain/events/slug', name: 'toSlug', toArguments: (text) => [text, '0123456789'] },
  {
    file: 'packages/domain/events/slug',
    name: 'slugOfUrl',
    toArguments: (text) => [`https://luma.com/${text}`],
  },
  { file: 'packages/domain/people/email', name: 'normalizeEmail', toArguments: one },
  {
    file: 'packages/domain/people/email',
    name: 'normalizeEmail',
    variant: 'host',
    toArguments: (text) => [`a@${text}`],
  },
  { file: 'packages/domain/people/email', name: 'spellingsOf', toArguments: (text) => [`a@${text}`] },
  { file: 'packages/domain/people/email', name: 'isEmail', toArguments: (text) => [`${text}@${text}`] },
  { file: 'packages/domain/people/phone', name: 'normalizePhone', toArguments: (text) => [`+49 ${text}`] },
  { file: 'packages/domain/events/timezones', name: 'findTimezone', toArguments: one },
  { file: 'packages/domain/events/timezones', name: 'nearestTimezones', toArguments: one },
  {
    file: 'packages/domain/events/rewriting',
    name: 'isRewriting',
    toArguments: (text) => ['description', text, `${text.slice(0, text.length / 2)}...`],
  },
  {
    file: 'packages/domain/events/rewriting',
    name: 'isRewriting',
    variant: 'link',
    toArguments: (text) => ['meetingUrl', `http://a/${text}`, `http://a/${text}y`],
  },
  {
    file: 'packages/domain/events/rewriting',
    name: 'isRewritingOfNew',
    toArguments: (text) => ['title', text, text],
  },
  {
    file: 'packages/domain/rsvps/match-guests',
    name: 'identifyGuests',
    toArguments: (text) => [
      [{ lumaGuestId: 'gst-1', email: 'a@b.c', name: text, phone: '+1' }],
      [],
      [{ id: 'p', email: 'c@b.a', name: text, phone: '+1' }],
    ],
  },
  ...variants(
    { file: 'packages/luma-contract/answers/event', name: 'lumaEventSchema' },
    ['id', 'name', 'start_at', 'timezone', 'description_md', 'url', 'meeting_url', 'visibility', 'created_at'],
    (field, text) => [{ ...event, [field]: text }],
  ),
  ...variants(
    { file: 'packages/luma-contract/answers/guest', name: 'lumaGuestSchema' },
    ['id', 'user_email', 'user_name', 'phone_number', 'approval_status', 'registered_at'],
    (field, text) => [{ ...guest, [field]: text }],
  ),
  {
    file: 'packages/luma-contract/answers/guest',
    name: 'lumaGuestSchema',
    variant: 'answer',
    toArguments: (text) => [{ ...guest, registration_answers: [{ question_id: 'q', label: text, value: text }] }],
  },
  {
    file: 'packages/luma-contract/answers/error-body',
    name: 'lumaErrorBodySchema',
    toArguments: (text) => [{ message: text, code: text }],
  },
  {
    file: 'packages/luma-contract/webhooks/signature',
    name: 'verifyWebhook',
    toArguments: (text) => [{ secrets: ['whsec_1'], header: text, rawBody: text, nowSeconds: 0, toleranceSeconds: 1 }],
  },
  {
    file: 'packages/luma-contract/webhooks/signature',
    name: 'verifyWebhook',
    variant: 'body',
    toArguments: (text) => [
      {
        secrets: ['whsec_1'],
        header: `t=1,v1=${'0'.repeat(64)}`,
        rawBody: text,
        nowSeconds: 0,
        toleranceSeconds: 1,
      },
    ],
  },
  {
    file: 'packages/luma-contract/webhooks/envelope',
    name: 'parseWebhook',
    toArguments: (text) => [
      { type: 'guest.updated', data: { ...guest, user_name: text, event: { ...event, name: text } } },
    ],
  },
  {
    file: 'packages/luma-client/presentable-words',
    name: 'toPresentableWords',
    toArguments: (text) => [text, ['key']],
  },
  {
    file: 'packages/luma-client/retry-after',
    name: 'toLockOutMs',
    toArguments: (text) => [{ 'retry-after': text, date: text }, 0],
  },
  {
    file: 'packages/luma-client/request-url',
    name: 'toUrl',
    toArguments: (text) => ['https://public-api.luma.com/v1//', '/v1/events/get', { event_id: text }],
  },
  {
    file: 'packages/luma-client/from-got-error',
    name: 'fromStatus',
    toArguments: (text) => [
      { statusCode: 400, headers: {}, body: JSON.stringify({ message: text }) },
      { what: 'GET /', effect: 'read', isSent: true, isInterrupted: false, secrets: [], nowMs: 0, random: () => 0 },
    ],
  },
  {
    file: 'packages/sync/webhook-watch/calendar-webhook',
    name: 'isWebhookOf',
    toArguments: (text) => [
      `https://example.org/webhooks/luma/${text}`,
      { publicUrl: 'https://example.org', calendarId: 'cal-1', name: text },
    ],
  },
  { file: 'packages/sync/storable', name: 'toStorable', toArguments: (text) => [{ [text]: [text] }] },
  {
    file: 'packages/sync/event/observe-event',
    name: 'toObservedEventState',
    toArguments: (text) => withEvery(event, ['name', 'description_md', 'meeting_url', 'cover_url'], text),
  },
  {
    file: 'packages/sync/event/observe-event',
    name: 'slugOf',
    toArguments: (text) => [{ url: `https://lu.ma/${text}` }],
  },
  {
    file: 'packages/sync/guests/observe-guest',
    name: 'toObservedGuest',
    toArguments: (text) => withEvery(guest, ['user_name', 'phone_number'], text),
  },
  { file: 'packages/sync/event/plain-name', name: 'toPlainName', toArguments: one },
  {
    file: 'packages/mail/coupon-mail/render-coupon-mail',
    name: 'renderCouponMail',
    toArguments: (text) => [{ eventTitle: text, code: 'A1', poolName: text, eventUrl: `http://a/${text}` }],
  },
  { file: 'packages/jobs/retry-after', name: 'readRetryAfterMs', toArguments: (text) => [text, 0] },
  {
    file: 'packages/mail/resend/from-resend-error',
    name: 'fromResendError',
    toArguments: (text) => [
      { statusCode: 400, name: text, message: text },
      { 'retry-after': text },
      'key',
      new Date(0),
    ],
  },
  { file: 'packages/runtime/log/scrub', name: 'scrubText', toArguments: one },
  {
    file: 'packages/runtime/log/scrub',
    name: 'scrub',
    toArguments: (text) => [{ said: new Error(text), [text]: text }],
  },
  {
    file: 'packages/rate-limiter/rate-headers',
    name: 'readRateHeaders',
    toArguments: (text) => [{ 'x-ratelimit-limit': text }],
  },
  { file: 'packages/store/as-uuid', name: 'asUuid', toArguments: one },
  { file: 'packages/safe-fetch/check-url', name: 'checkUrl', toArguments: (text) => [`http://${text}`] },
  { file: 'apps/ingress/http/cursor', name: 'decodeCursor', toArguments: one },
  { file: 'apps/ingress/http/cursor', name: 'decodeNumberCursor', toArguments: one },
  { file: 'apps/ingress/auth/cookies', name: 'readCookie', toArguments: (text) => [text, 'name'] },
  {
    file: 'apps/ingress/auth/same-origin',
    name: 'isSameOrigin',
    toArguments: (text) => [undefined, `http://${text}`, []],
  },
  { file: 'apps/ingress/pages/page', name: 'escapeHtml', toArguments: one },
  { file: 'apps/ingress/webhooks/record-key', name: 'toRecordKey', toArguments: (text) => [text, { id: text }] },
  { file: fields, name: 'httpUrl', toArguments: (text) => [`http://${text}`] },
  { file: fields, name: 'httpUrl', variant: 'path', toArguments: (text) => [`http://a.b/${text}`] },
  { file: fields, name: 'coverAddress', toArguments: (text) => [`http://${text}`] },
  { file: fields, name: 'timezone', toArguments: one },
  { file: fields, name: 'instant', toArguments: (text) => [`2027-01-05T18:00:00${text}`] },
  { file: fields, name: 'key', toArguments: one },
  ...variants(
    { file: 'apps/ingress/v1/schemas/event', name: 'eventInput' },
    ['title', 'description', 'meetingUrl', 'coverUrl', 'visibility', 'timezone', 'calendarId'],
    (field, text) => [{ ...eventBody, [field]: text }],
  ),
  ...variants(
    { file: 'apps/ingress/v1/schemas/rsvp', name: 'rsvpInput' },
    ['name', 'email', 'phone', 'status'],
    (field, text) => [{ name: 'Ada', email: 'ada@example.org', status: 'approved', [field]: text }],
  ),
  ...variants(
    { file: 'apps/ingress/v1/schemas/calendar', name: 'calendarInput' },
    ['name', 'apiKey', 'icalUrl', 'webhookSecret'],
    (field, text) => [{ name: 'A', kind: 'luma', [field]: text }],
  ),
  {
    file: 'apps/ingress/v1/schemas/delivery',
    name: 'deliveryQuery',
    toArguments: (text) => [{ type: text, cursor: text, calendarId: text }],
  },
  { file: 'apps/luma-sim/state/markdown', name: 'throughLumaEditor', toArguments: one },
  { file: 'apps/luma-sim/state/markdown', name: 'toPlainText', toArguments: one },
];

/** `toPlainMarkdown`, `lumaEventSchema.description_md` */
export const nameOf = ({ name, variant }: TextFunction): string =>
  variant === undefined ? name : `${name}.${variant}`;
