const CHANGED: ReadonlySet<string> = new Set(['added', 'updated', 'imported', 'cancelled']);

/** Whether a run of `inbox.apply`, whose details these are, changed a record. Other runs have no `applied`. */
export const hasChangedRecord = ({ applied }: Record<string, unknown>): boolean => CHANGED.has(String(applied));
