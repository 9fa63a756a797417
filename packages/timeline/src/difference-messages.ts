import type { DifferenceReason } from '@luma-sync/domain';

const REASONS: Record<DifferenceReason, string> = {
  cannot_be_emptied: 'Luma’s API cannot empty this field; a host can, on Luma’s page of the event',
  refused: 'Luma refuses this value',
  rewritten: 'Luma stored another writing of it',
  not_shown: 'Luma accepted this value and still shows the one from before',
};

/** Why Luma holds another value than we do. `message` is Luma's own text of a refusal. */
export const renderDifference = (reason: DifferenceReason, message: string | null = null): string =>
  message === null ? REASONS[reason] : `${REASONS[reason]}: ${message}`;
