const KEY_REFUSALS: ReadonlySet<string> = new Set(['luma.auth_failed', 'luma.plan_inactive']);

/** Whether a code says that Luma refuses the key itself: everything else of its calendars waits then. */
export const isKeyRefusal = (code: string): boolean => KEY_REFUSALS.has(code);
