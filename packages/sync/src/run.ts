import type { JobContext } from '@luma-sync/jobs';
import type { LumaAccount } from './luma-account.js';

/** What a run works with: the account of its calendar at Luma, the stores it needs, and its job context. */
export interface Run<Deps> {
  account: LumaAccount;
  deps: Deps;
  ctx: JobContext;
}
