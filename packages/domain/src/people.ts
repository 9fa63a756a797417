/** A mail address in the one spelling we store and compare: trimmed, lower case. Plus addresses stay as they are. */
export function normalizeEmail(email: string): string {
  return email.trim().toLowerCase();
}
