import type { RsvpStatus } from '@luma-sync/domain';
import type {
  BackfillStore,
  EventSyncStore,
  InboxSyncStore,
  LeaseHolder,
  MailGuard,
  RsvpSyncStore,
} from '@luma-sync/store';

/** Its own calendar and limits, the same in each driver. */
export const CALENDAR = '00000000-0000-4000-8000-0000000000ca';
/** So many people may be mailed without a confirmation. */
export const MAIL_LIMIT = 2;

/** An event as an app submits it. */
export interface SubmittedBody {
  title: string;
  descriptionMd: string | null;
  startsAt: Date;
  endsAt: Date;
  timezone: string;
  locationType: 'physical' | 'online' | 'tbd';
  locationName: string | null;
  locationAddress: string | null;
  locationLat: number | null;
  locationLng: number | null;
  meetingUrl: string | null;
  coverUrl: string | null;
  visibility: 'public' | 'members-only' | 'private';
  capacity: number | null;
  tags: string[];
}

export const BODY: SubmittedBody = {
  title: 'Meetup',
  descriptionMd: 'Hello',
  startsAt: new Date('2030-03-16T19:30:00.000Z'),
  endsAt: new Date('2030-03-16T21:30:00.000Z'),
  timezone: 'Europe/Berlin',
  locationType: 'physical',
  locationName: 'Venue',
  locationAddress: 'Street 1',
  locationLat: 48.1,
  locationLng: 11.5,
  meetingUrl: null,
  coverUrl: null,
  visibility: 'public',
  capacity: 40,
  tags: [],
};

export interface SubmittedPerson {
  name: string;
  email: string;
  emailVerified?: boolean;
  phone?: string | null;
}

/** A row of `rsvp_links`, without its keys. */
export interface LinkPicture {
  lumaGuestId: string | null;
  pushedRevision: number;
  base: unknown;
  observedAt: Date | null;
  state: string;
  decidedBy: string;
  askedAt: Date | null;
  askedRevision: number;
  ownAnswerRevision: number;
  askedEmail: string | null;
  acceptedAt: Date | null;
  confirmTries: number;
  goneGuestId: string | null;
  errorCode: string | null;
}

export interface RsvpPicture {
  status: string;
  submitted: string | null;
  revision: number;
  link: LinkPicture | null;
}

export interface PersonPicture {
  externalId: string | null;
  name: string | null;
  email: string | null;
  claimedEmail: string | null;
  phone: string | null;
}

export interface Receipt {
  kind: string;
  /** Of a delivery that was stored. */
  deliveryId: string;
}

export interface EventPicture {
  approval: string;
  cancelMode: string | null;
  revision: number;
  title: string;
  tags: readonly string[];
  coverUrl: string | null;
  locationCity: string | null;
}

/** The stores that the handlers are given, and the rows behind them. One event, `app-1`, is there from the start. */
export interface StoreDriver {
  /** A run that works on something else. */
  run: LeaseHolder;
  events: Omit<EventSyncStore, 'withEvent' | 'withTags'>;
  rsvps: Omit<RsvpSyncStore, 'withGuests'>;
  inbox: InboxSyncStore;
  mailGuard: MailGuard;
  backfills: Pick<BackfillStore, 'adopt'>;
  /** Our id of an event of the app. */
  eventId(key: string): Promise<string>;
  putEvent(key: string, body: SubmittedBody): Promise<void>;
  decideEvent(key: string, decision: 'approve' | 'hide' | 'soft'): Promise<void>;
  /** @returns `stored`, or why it was refused. */
  putRsvp(eventKey: string, personKey: string, person: SubmittedPerson, status: RsvpStatus): Promise<string>;
  readEvent(key: string): Promise<EventPicture>;
  /** Null without such an RSVP. */
  readRsvp(eventKey: string, personKey: string): Promise<RsvpPicture | null>;
  /** Moves everything that was sent so many seconds into the past. */
  ageSendings(seconds: number): Promise<void>;
  /** Operations that are queued for a job. */
  countQueued(job: string): Promise<number>;
  /** Lets the clock reach another moment. */
  pass(): Promise<void>;
  /** Asks a person whether Luma has an event already. */
  putInDoubt(key: string): Promise<void>;
  /** The person under an address, proven or claimed; null when nobody is. */
  readPerson(email: string): Promise<PersonPicture | null>;
  /** A webhook about an event, as ingress stores it. */
  receive(delivery: { webhookId: string; type: string; recordKey: string; signedAt: Date }): Promise<Receipt>;
  /** A person confirms that so many may be mailed about an event. */
  givePermit(eventKey: string, recipients: number): Promise<void>;
}

export type OpenDriver = () => Promise<StoreDriver>;
