/** Who asked for an operation. */
const TRIGGERS = ['manual', 'api', 'scheduled', 'webhook'] as const;
export type Trigger = (typeof TRIGGERS)[number];
