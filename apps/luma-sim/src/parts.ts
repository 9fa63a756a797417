import type { ArrivalBudget } from './budget.js';
import type { Clock } from './clock.js';
import type { DocumentCheck } from './document-check.js';
import type { Faults } from './faults.js';
import type { RequestLog } from './request-log.js';
import type { Images } from './routes/images.js';
import type { SimSettings } from './settings.js';
import type { World } from './state/world.js';
import type { WebhookSender } from './webhooks/sender.js';

/**
 * What a running simulator consists of. `reset` replaces the parts that hold state, so a caller must read them
 * anew.
 */
export interface Parts {
  readonly clock: Clock;
  settings: SimSettings;
  world: World;
  faults: Faults;
  log: RequestLog;
  /** Requests outside of Luma's document. */
  outside: DocumentCheck;
  images: Images;
  sender: WebhookSender;
  /** Budgets that were used so far, by calendar. */
  budgets: Map<string, ArrivalBudget>;
  budgetOf(calendarId: string): ArrivalBudget;
}
