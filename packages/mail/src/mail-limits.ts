/** Longest wait for a provider's answer; most take well under a second. */
export const MAIL_TIMEOUT_MS = 15_000;
