export interface Mail {
  to: string;
  subject: string;
  html: string;
  text: string;
  /**
   * 1 to 256 characters. The provider takes one mail per key and day: the same mail under the same key again is
   * answered, not sent.
   */
  idempotencyKey: string;
}

export interface MailSender {
  /**
   * How long after the first asking the same mail under the same key stays one mail. 0: a provider without idempotency
   * keys, where every repeat could be a second mail.
   */
  repeatLimitMs: number;
  /**
   * Hands one mail to the provider. Nothing is retried in here.
   *
   * @returns the provider's id of the mail, also when an earlier call under the same key had sent it.
   * @throws {RetryAfterError} `mail.rate_limited`, `mail.quota_exceeded`, `mail.auth_failed`, `mail.sender_refused`,
   *   `mail.wrong_base_url` (all hold up the whole account), `operation.interrupted` when `signal` had aborted before:
   *   the mail was not taken.
   * @throws {PermanentError} `mail.rejected`: the mail was not taken and never will be. `mail.key_reused`: a mail with
   *   another content was asked for under this key within the day, so whether the person has one is open.
   *   `mail.outcome_open`: the provider may have it, has no idempotency key, and gave no answer. Never repeat it.
   * @throws {RetryAfterError} `mail.deferred`: the mail was not taken, and may be later.
   * @throws {RetryableError} `mail.unavailable`; {OutcomeUnknownError} `mail.outcome_unknown`: it may have been taken.
   *   Repeat with the same key and content while the provider remembers the key, else not at all.
   */
  send(mail: Mail, signal: AbortSignal): Promise<{ providerId: string }>;
}
