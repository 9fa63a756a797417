/**
 * What `npm start` says once it is up. No secret is among it: what a terminal shows is copied into reports, and what a
 * log holds is kept. Where secrets are kept is for a person at a terminal.
 *
 * @param {Record<string, string>} settings what luma-sync runs with
 * @param {{ env: Record<string, string | undefined>, isTerminal: boolean, secretsFile: string }} options
 * @returns {string[]}
 */
export function toStartLines(settings, { env, isTerminal, secretsFile }) {
  if (!isTerminal) return [settings.PUBLIC_URL];
  const where = (name) => (env[name] ? `${name}, as you set it` : `${name} in ${secretsFile}`);
  return [
    settings.PUBLIC_URL,
    `    Operator password  is ${where('OPERATOR_PASSWORD')}`,
    `    API key  is ${where('BOOTSTRAP_API_KEY')}; others: npx luma-sync keys create --name NAME`,
  ];
}
