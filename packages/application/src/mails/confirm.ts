import { decideMail, type MailDecision } from '@luma-sync/domain';
import {
  countFirstSendings,
  countGuestsToTell,
  findMailAllowance,
  giveMailPermit,
  type MailPurpose,
  type Tx,
} from '@luma-sync/store';

/** A command would let more people be mailed than its caller said, or may be without anybody saying it. */
export interface ConfirmationNeeded {
  kind: 'confirm-recipients';
  /** The number to say. */
  recipients: number;
}

/** What will come of it, as far as it can be known before the request to Luma: workers decide again. */
export type MailPreview = Omit<MailDecision, 'permitId'>;

/** The stated number is the most that may be mailed: fewer people are covered by it. */
export const isTooFew = (confirmed: number | undefined, recipients: number): boolean =>
  confirmed !== undefined && confirmed < recipients;

/** What a command says about mail. */
export interface MailConfirmation {
  eventId: string;
  /** Where the event is, or will be. */
  calendar: { id: string; mailOnUpdate: boolean; mailOnRsvp: boolean };
  /** Number of people its caller confirmed; undefined when they said none. */
  confirmed: number | undefined;
  actor: string;
}

/**
 * An edit that guests would be mailed about. Nobody can be asked when an app's server sends it: without a number it is
 * taken and sent without mail. An edit with a number that is too low is refused, since its caller wants mail.
 */
export async function judgeEditMail(tx: Tx, word: MailConfirmation): Promise<ConfirmationNeeded | MailPreview> {
  const { eventId, calendar, confirmed } = word;
  const setting = { name: 'mailOnUpdate', isOn: calendar.mailOnUpdate } as const;
  const recipients = setting.isOn ? await countGuestsToTell(tx, eventId) : 0;
  if (setting.isOn && isTooFew(confirmed, recipients)) return { kind: 'confirm-recipients', recipients };
  return storeConfirmation(tx, word, 'event_update', { setting, recipients, isSumOfCommands: false });
}

/** A command that sends what waited for it, to people who would all be mailed: it needs their number first. */
export async function judgeReleaseMail(tx: Tx, word: MailConfirmation): Promise<ConfirmationNeeded | MailPreview> {
  const { eventId, calendar, confirmed } = word;
  const setting = { name: 'mailOnRsvp', isOn: calendar.mailOnRsvp } as const;
  const recipients = setting.isOn ? await countFirstSendings(tx, eventId) : 0;
  if (setting.isOn && isTooFew(confirmed, recipients)) return { kind: 'confirm-recipients', recipients };
  const outlook = await storeConfirmation(tx, word, 'rsvp_push', { setting, recipients, isSumOfCommands: true });
  if (setting.isOn && !outlook.allowed) return { kind: 'confirm-recipients', recipients };
  return outlook;
}

type Asked = Pick<Parameters<typeof decideMail>[0], 'setting' | 'recipients' | 'isSumOfCommands'>;

async function storeConfirmation(
  tx: Tx,
  word: MailConfirmation,
  purpose: MailPurpose,
  asked: Asked,
): Promise<MailPreview> {
  const { eventId, calendar, confirmed, actor } = word;
  const isNeeded = asked.setting.isOn && confirmed !== undefined && confirmed > 0;
  if (isNeeded) await giveMailPermit(tx, { eventId, purpose, recipients: confirmed, actor });
  const query = { eventId, calendarId: calendar.id, purpose };
  const { permitId: _permit, ...outlook } = decideMail({ ...asked, never: null }, await findMailAllowance(tx, query));
  return outlook;
}
