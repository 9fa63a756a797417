import type { Command } from 'commander';
import type { CliContext } from './cli-context.js';

type AddVerb = (program: Command, context: CliContext) => void;

export interface Verb {
  name: string;
  /** As the verb's own module says it: shown without loading that module. */
  description: string;
  load(): Promise<AddVerb>;
}

/**
 * In the order of the help. Each module is loaded when its verb is called: the database client alone takes half a
 * second.
 */
export const VERBS: readonly Verb[] = [
  {
    name: 'migrate',
    description: 'bring the database up to date; doing it again does nothing',
    load: async () => (await import('./commands/migrate.js')).addMigrate,
  },
  {
    name: 'doctor',
    description: 'look at every setting, service and queue, and at what work left behind, and say what to do',
    load: async () => (await import('./commands/doctor.js')).addDoctor,
  },
  {
    name: 'keys',
    description: 'API keys of app servers',
    load: async () => (await import('./commands/keys.js')).addKeys,
  },
  {
    name: 'calendars',
    description: 'how calendars stand with Luma',
    load: async () => (await import('./commands/calendars.js')).addCalendars,
  },
  {
    name: 'operations',
    description: 'units of work: look, run again, close',
    load: async () => (await import('./commands/operations.js')).addOperations,
  },
  {
    name: 'events',
    description: 'how events stand with Luma',
    load: async () => (await import('./commands/events.js')).addEvents,
  },
  {
    name: 'mails',
    description: 'mails that were held back, since too many people would get one',
    load: async () => (await import('./commands/mails.js')).addMails,
  },
  {
    name: 'queues',
    description: 'queues in Redis: look, go on after a pause',
    load: async () => (await import('./commands/queues.js')).addQueues,
  },
  {
    name: 'plan',
    description: 'show what connecting a calendar would do: every request, and what it costs',
    load: async () => (await import('./commands/plan.js')).addPlan,
  },
  {
    name: 'people',
    description: 'what is stored about a person',
    load: async () => (await import('./commands/people.js')).addPeople,
  },
  {
    name: 'secrets',
    description: 'the encrypted secrets in Postgres',
    load: async () => (await import('./commands/secrets.js')).addSecrets,
  },
  {
    name: 'audit',
    description: 'who changed keys, secrets and settings, and did what cannot be undone',
    load: async () => (await import('./commands/audit.js')).addAudit,
  },
  {
    name: 'unreadable',
    description: 'records of Luma’s that could not be read or stored, or not in full',
    load: async () => (await import('./commands/unreadable.js')).addUnreadable,
  },
];

/** Adds every verb: the one that is called with its own options, the others by name and description. */
export async function addVerbs(program: Command, args: readonly string[], context: CliContext): Promise<void> {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const called = words[0] === 'help' ? words[1] : words[0];
  for (const { name, description, load } of VERBS) {
    if (name === called) (await load())(program, context);
    else program.command(name).description(description);
  }
}
