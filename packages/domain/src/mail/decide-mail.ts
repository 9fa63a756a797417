/** How many people Luma may mail at once about one event. */
export interface MailAllowance {
  /** So many need no confirmation: the calendar's `mailConfirmAbove`. */
  limit: number;
  /** A person's word for more, as far as it is not used up. */
  permit: { id: string; left: number; actor: string } | null;
}

/** Whether Luma may mail people about one request, decided before it is sent. */
export interface MailDecision {
  allowed: boolean;
  /** People it would mail. */
  recipients: number;
  /** One sentence for an operator. */
  reason: string;
  /** The word that lets so many be mailed; null when none was needed, or none helps. */
  permitId: string | null;
}

export interface MailCase {
  /** The calendar's setting that lets Luma mail about this, and its name for operators. */
  setting: { name: 'mailOnUpdate' | 'mailOnRsvp'; isOn: boolean };
  /** Why nobody is mailed whatever the setting says; null when nothing speaks against it. */
  never: string | null;
  /** People Luma would mail. */
  recipients: number;
  /** Whether a word for some also lets those pass who need none: people who answered one by one since it was given. */
  isSumOfCommands: boolean;
  /** Each is mailed about what they said themselves, and nobody because of somebody else's command. */
  isOwnAnswer?: boolean;
}

/**
 * The last guard before Luma mails anybody: the setting has to allow it, it must be the first time, and more people
 * than the calendar's limit take a person's word that names their number, unless each is told of what they said
 * themselves. No I/O, no clock.
 */
export function decideMail(asked: MailCase, { limit, permit }: MailAllowance): MailDecision {
  const { setting, never, recipients } = asked;
  const no = (reason: string): MailDecision => ({
    allowed: false,
    recipients,
    reason: `No mail: ${reason}.`,
    permitId: null,
  });
  if (!setting.isOn) return no(`the calendar does not let Luma mail people about this (${setting.name})`);
  if (never !== null) return no(never);
  const people = `${recipients} ${recipients === 1 ? 'person' : 'people'}`;
  const yes = (why: string, permitId: string | null): MailDecision => ({
    allowed: true,
    recipients,
    reason: `Luma may mail ${people}: the calendar lets it (${setting.name}), and ${why}.`,
    permitId,
  });
  if (asked.isOwnAnswer === true) return yes('each is told of their own answer', null);
  if (recipients <= limit) return yes(`up to ${limit} need no confirmation`, null);
  const left = permit?.left ?? 0;
  if (permit !== null && recipients <= left + (asked.isSumOfCommands ? limit : 0))
    return yes(`${permit.actor} confirmed their number`, permit.id);
  const word = permit === null ? 'nobody confirmed their number' : `${permit.actor} confirmed ${left}`;
  return no(`${people} would be mailed at once, more than ${limit}, and ${word}`);
}
