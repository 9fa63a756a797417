/** One variable that is missing or wrong. Never holds its value: it may be a secret. */
export type ConfigProblem = { variable: string; problem: string };

/** Everything that is wrong with a process's configuration, at once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ variable, problem }) => `  ${variable} ${problem}`);
    super(
      'the configuration has ' +
        `${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}`,
    );
  }
}
