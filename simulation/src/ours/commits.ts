/** The methods of a store as commits: each does all or throws before it did anything, and takes no time by itself. */
export type Commits<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => R : never;
};
