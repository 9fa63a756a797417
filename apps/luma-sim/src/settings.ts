import { z } from 'zod';

/**
 * Everything that can be switched while the simulator runs. Defaults play Luma as last documented or recorded; where
 * Luma's behaviour is not known there is a switch, so that a client can be tried against each variant.
 */

const milliseconds = z.number().int().nonnegative();
const probability = z.number().min(0).max(1);

/** One window. All rules apply at once; 200 a minute over reads and writes together is documented (July 2026). */
const budgetRuleSchema = z.strictObject({
  methods: z.enum(['all', 'GET', 'POST']).default('all'),
  limit: z.number().int().positive(),
  windowMs: z.number().int().positive(),
});
export type BudgetRule = z.output<typeof budgetRuleSchema>;

const budget = z.strictObject({
  rules: z
    .array(budgetRuleSchema)
    .min(1)
    .default([{ methods: 'all', limit: 200, windowMs: 60_000 }]),
  /** How long everything is refused after a breach. One minute is documented. */
  lockoutMs: milliseconds.default(60_000),
  /** Not known: does a request during the block make it longer? */
  doesLockoutExtend: z.boolean().default(false),
  /** Not known: sliding, or fixed windows counted from the full hour. */
  window: z.enum(['sliding', 'fixed']).default('sliding'),
  /** `X-RateLimit-*` on every answer: documented, but absent from recorded ones. */
  hasHeaders: z.boolean().default(false),
  /** Form of `Retry-After` on a 429. Seconds are documented. */
  retryAfter: z.enum(['seconds', 'date', 'none']).default('seconds'),
});

const paging = z.strictObject({
  defaultSize: z.number().int().positive().default(50),
  maxSize: z.number().int().positive().default(100),
  /** Not known: is a larger `pagination_limit` cut down or refused? */
  overMax: z.enum(['clamp', 'refuse']).default('clamp'),
});

const events = z.strictObject({
  /** Not known: how long after its creation an event appears in lists. */
  listLagMs: milliseconds.default(0),
  /** Not known: do `after` and `before` include their own instant? */
  isRangeInclusive: z.boolean().default(true),
  /** `max_capacity` in answers: absent for long, reported since autumn 2026. */
  hasCapacity: z.boolean().default(false),
  /** Covers may begin with these, beside Luma's own image host and the simulator's. */
  imageBaseUrls: z.array(z.string()).default([]),
  /**
   * Not known: how many reads of an event show its earlier state after a call that creates or changes it. For a minute
   * at most; lists and webhooks show the new one.
   */
  staleReads: z.number().int().nonnegative().default(0),
  /** Updates that are answered with 200 and do nothing, for the fields named; `*`: for all. */
  ignoredFields: z.array(z.string()).default([]),
  /** Longer titles are cut; null: no limit is known. */
  titleMax: z.number().int().positive().nullable().default(null),
  /** Meeting links come back as an address of Luma's own that leads there. */
  areLinksRewritten: z.boolean().default(false),
  /** Fields of create and update that are refused with 400, and why. */
  refusedFields: z.record(z.string(), z.string()).default({}),
  /** Where `file_url` of an upload points: Luma's image host, or this simulator, which then really serves the bytes. */
  uploads: z.enum(['luma-host', 'here']).default('luma-host'),
});

const guests = z.strictObject({
  /** `guests/add` answers at once and works later; drawn evenly from this range. 0 to 0: done before the answer. */
  addDelayMinMs: milliseconds.default(200),
  addDelayMaxMs: milliseconds.default(800),
  /** `{}`, or `{skipped: [...]}` as reported since autumn 2026. */
  addAnswer: z.enum(['empty', 'skipped']).default('empty'),
  /** Addresses that `guests/add` passes over, in either form of answer. */
  skippedEmails: z.array(z.string()).default([]),
  /** Names and addresses for which `guests/add` is refused with 400, named by the guest's place. */
  refusedNames: z.array(z.string()).default([]),
  refusedEmails: z.array(z.string()).default([]),
  /** Not known: does adding someone again mail them again? On, because a client must not rely on the kind variant. */
  doesRepeatMail: z.boolean().default(true),
  /** Not known: does adding someone again give a second ticket? */
  doesRepeatIssueTicket: z.boolean().default(false),
  /** Not known: are addresses stored in lower case, or as they were given? */
  emailCase: z.enum(['lower', 'keep']).default('lower'),
  /**
   * Not known: is an international host shown as it was given, or in letters (`xn--dmin-moa0i.example` as
   * `dömäin.example`)?
   */
  emailHost: z.enum(['keep', 'letters']).default('keep'),
});

const requests = z.strictObject({
  /** Not known: are unknown fields of a body refused or dropped? */
  unknownFields: z.enum(['refuse', 'ignore']).default('refuse'),
  /**
   * A header without which a request is refused: proves that no request goes out beside the budget. Not Luma's
   * behaviour.
   */
  requiredHeader: z.string().nullable().default(null),
  /**
   * Refuses a request whose value of that header came before: proves that one slot is one request. Not Luma's
   * behaviour.
   */
  isHeaderUsedOnce: z.boolean().default(false),
});

const webhooks = z.strictObject({
  /** Types of webhooks that are refused with 400, named by their place. */
  refusedTypes: z.array(z.string()).default([]),
  timeoutMs: z.number().int().positive().default(5_000),
  /** 1, 2 and 4 minutes are documented. */
  retryDelaysMs: z.array(milliseconds).default([60_000, 120_000, 240_000]),
  /** Not known: do retries keep `Webhook-Id`? And are they signed anew? */
  isIdKeptOnRetry: z.boolean().default(true),
  isSignedAnewOnRetry: z.boolean().default(true),
  /** Not stated: do calls made with the key trigger webhooks too? Assumed yes. */
  doOwnCallsTrigger: z.boolean().default(true),
  duplicateProbability: probability.default(0),
  /** Copies sent at the same instant when a delivery is duplicated (three at once were reported). */
  duplicateCopies: z.number().int().min(1).max(100).default(1),
  /** Whether those copies share the `Webhook-Id`. */
  isIdSharedByCopies: z.boolean().default(true),
  lossProbability: probability.default(0),
  /** Each delivery waits a time drawn from this range: more than 0 apart reorders them. */
  delayMinMs: milliseconds.default(0),
  delayMaxMs: milliseconds.default(0),
  concurrency: z.number().int().min(1).max(500).default(20),
  /** Keeps deliveries back until they are released, in any order wanted. Not Luma's behaviour. */
  areHeld: z.boolean().default(false),
});

const spoiled = z.strictObject({
  /**
   * One record in this many comes in a way that a client does not expect; 0: none. Which one, and how, follows from its
   * id.
   */
  oneIn: z.number().int().nonnegative().default(0),
  /** Names of `SPOIL_WAYS` to choose from; none named: all of them. */
  ways: z.array(z.string()).default([]),
  /** The way of single records, by Luma's id, whatever `oneIn` says. */
  records: z.record(z.string(), z.string()).default({}),
});

const texts = z.strictObject({
  /** None of these texts is known; a client must not read them. */
  guestNotFound: z.string().default('Guest not found.'),
  rateLimited: z.string().default('You are being rate limited. Please try again later.'),
  slugTaken: z.string().default('This URL is already taken.'),
  /** Only the words "active Luma Plus plan" are reported. */
  planInactive: z.string().default('This calendar does not have an active Luma Plus plan.'),
});

const mailbox = z.strictObject({
  /** Requests a second before 429; null: no limit. Resend documents 2. */
  requestsPerSecond: z.number().int().positive().nullable().default(null),
});

const sections = { budget, paging, events, guests, requests, webhooks, spoiled, texts, mailbox };

export const settingsSchema = z.strictObject({
  budget: budget.prefault({}),
  paging: paging.prefault({}),
  events: events.prefault({}),
  guests: guests.prefault({}),
  requests: requests.prefault({}),
  webhooks: webhooks.prefault({}),
  spoiled: spoiled.prefault({}),
  texts: texts.prefault({}),
  mailbox: mailbox.prefault({}),
});
export type SimSettings = z.output<typeof settingsSchema>;
export type SimSettingsInput = z.input<typeof settingsSchema>;

/**
 * Changes what is named and leaves the rest, section by section. Throws a ZodError for anything unknown, changing
 * nothing.
 */
export function changeSettings(current: SimSettings, change: unknown): SimSettings {
  const named = z.strictObject(
    Object.fromEntries(Object.keys(sections).map((name) => [name, z.record(z.string(), z.unknown()).optional()])),
  );
  const given = named.parse(change);
  const merged = Object.fromEntries(
    Object.entries(current).map(([name, section]) => [name, { ...section, ...given[name] }]),
  );
  return settingsSchema.parse(merged);
}
