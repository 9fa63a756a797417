/**
 * What flows decide about many records at once, or about what stands between both sides: removals, cancellations, mail,
 * webhooks.
 */
export type FlowFact =
  /** A record of Luma's could not be read or stored, or not in full; its fields are named, never their values. */
  | {
      fact: 'record-unreadable';
      kind: 'event' | 'guest';
      lumaId: string | null;
      isTaken: boolean;
      problems: readonly { path: string; reason: string }[];
      via: string;
    }
  | { fact: 'record-readable'; kind: 'event' | 'guest'; lumaId: string; via: string }
  /** More are missing than a list is believed for: nobody is removed until a person has said what it means. */
  | { fact: 'removal-asked'; recordType: Removable; missing: number; total: number }
  | {
      fact: 'removal-answered';
      recordType: Removable;
      missing: number;
      total: number;
      answer: 'remove' | 'keep';
      questionId: string;
    }
  /** Luma has the person of this answer twice. `status` is Luma's own word. */
  | { fact: 'guest-second-entry'; lumaGuestId: string; status: string; via: string }
  /** The entry that the answer was linked to is gone, and another one of the same person takes its place. */
  | { fact: 'guest-entry-moved'; from: string; to: string }
  /** A guest at Luma has the id of one at another event of ours, and was left out. */
  | { fact: 'guest-id-reused'; lumaGuestId: string; otherEventId: string; via: string }
  /** A person ordered Luma's own cancellation. */
  | { fact: 'cancel-ordered'; guests: number }
  | { fact: 'cancel-asked'; refund: boolean | null; mail: MailFact }
  /** Whether Luma, or we, may mail people, before anybody is. `reason` is a sentence for an operator. */
  | { fact: 'mail-decided'; reason: string; mail: MailFact }
  /** What a person said of mails that were held back. */
  | { fact: 'held-mails-answered'; answer: 'confirmed' | 'discarded'; recipients: number }
  | { fact: 'webhook-repaired'; what: WebhookTrouble; webhookId: string | null; since: string | null }
  | { fact: 'webhook-silent' };

type Removable = 'rsvp' | 'event';

interface MailFact {
  purpose: string;
  allowed: boolean;
  recipients: number;
  [detail: string]: unknown;
}

/** What was wrong with Luma's webhook. */
export type WebhookTrouble =
  /** Paused, or asked for too few types; woken. */
  | 'asleep'
  /** None was registered, or the one we knew is gone; made anew. */
  | 'missing'
  /** Told nothing though lists showed news; made anew. */
  | 'silent'
  /** Another secret than we knew, so that its deliveries were refused; taken over. */
  | 'other-secret';
