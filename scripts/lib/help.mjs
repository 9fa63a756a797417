/** What `npm run NAME -- --help` says. The first line says what the command does; the others are its options. */
const texts = {
  start: [
    'Runs all of luma-sync on this machine until Ctrl-C: against Luma with LUMA_API_KEY, else against the simulator.',
    'Installs, compiles and starts what is missing (Postgres, Redis, the simulator). Settings come from the ' +
      'environment',
    'and from .env; .env.example explains each. Data is kept in .data and is there again at the next start.',
    '',
    'npm start -- --fresh   first delete the database and the simulator’s state in .data; refused with a real Luma',
    'npm start -- --help    this text',
  ],
  demo: [
    'Plays two minutes of an app and a simulated Luma, breaks things on purpose, and compares both sides at the end.',
    'It has a database of its own and leaves yours alone.',
    '',
    'npm run demo -- --keep   stay up at the end, to look around',
    'npm run demo -- --help   this text',
  ],
  test: [
    'Runs the tests on a real Postgres and a real Redis, which it starts and stops. Arguments go to jest.',
    '',
    'npm test                           all tests',
    'npm test -- packages/store         tests of one folder or file',
    'npm test -- -t "some words"        tests with these words in their name',
    'npm test -- --selectProjects unit  one kind: unit, property, integration, fault, e2e',
  ],
  'test:unit': [
    'Runs every unit test. Needs no Postgres, no Redis and no compiled code. Arguments go to jest.',
    '',
    'npm run test:unit -- packages/domain   unit tests of one folder',
  ],
  'test:one': [
    'Runs the tests of one file or folder, and starts only what they need: nothing, Postgres, Redis or both.',
    'Services that DATABASE_URL and REDIS_URL name are used instead. Further arguments go to jest.',
    '',
    'npm run test:one -- packages/domain/src/rsvps/plan-guest.test.ts',
    'npm run test:one -- packages/store/src/leases.integration.test.ts -t "some words"',
  ],
  services: ['Starts Postgres and Redis for work on the code, prints their addresses, and stays up until Ctrl-C.'],
  build: ['Installs the dependencies and compiles all packages and apps.'],
  format: ['Formats the code and repairs what the linter can repair.'],
  lint: ['Checks format and lint rules; changes nothing.'],
  types: ['Checks the types of code and tests.'],
  imports: ['Checks that imports point the allowed way.'],
  regexes: ['Checks that no regular expression is slow on a long text.'],
  unused: ['Looks for unused code and dependencies.'],
  check: ['Runs all checks, cheap ones first.'],
  'check:schema': ['Checks that prisma/schema.prisma and prisma/migrations agree.'],
  migrate: ['Brings the database in DATABASE_URL up to date.'],
  'migration:new': [
    'Writes the migration that takes the present ones to prisma/schema.prisma.',
    '',
    'npm run migration:new -- NAME   such as add_coupon_pools',
  ],
  'luma:facts': [
    'Writes the table of facts anew from Luma’s OpenAPI document.',
    '',
    'npm run luma:facts -- FILE   the document; default: ../shared/luma/openapi.json',
  ],
};

/** Null for a command that has no text here: its arguments are its own, `--help` too. */
export function toHelp(name) {
  const lines = Object.hasOwn(texts, name) ? texts[name] : undefined;
  return lines === undefined ? null : lines.join('\n');
}

export const isHelp = (args) => args.some((arg) => arg === '--help' || arg === '-h');
