/** What a key may do. `docs/api-keys.md` says what each opens. */
export const API_KEY_SCOPES = ['events:read', 'events:write', 'people:read', 'mail', 'irreversible', 'admin'] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** Names of before scopes were split; each stands for several. */
export const SCOPE_BUNDLES = {
  read: ['events:read', 'people:read'],
  write: ['events:read', 'events:write', 'people:read'],
} as const satisfies Record<string, readonly ApiKeyScope[]>;
export type ScopeBundle = keyof typeof SCOPE_BUNDLES;
export type ScopeName = ApiKeyScope | ScopeBundle;

export const SCOPE_NAMES: readonly ScopeName[] = [...API_KEY_SCOPES, ...(Object.keys(SCOPE_BUNDLES) as ScopeBundle[])];

/** The answer to a command shows its record. Who makes keys could make one with any scope. */
const INCLUDES: Partial<Record<ApiKeyScope, readonly ApiKeyScope[]>> = {
  'events:write': ['events:read'],
  admin: API_KEY_SCOPES,
};

/** All that a key with these names may do. Names that this version does not know open nothing. */
export function expandScopes(names: readonly string[]): ReadonlySet<ApiKeyScope> {
  const scopes = names.flatMap((name) => (isBundle(name) ? SCOPE_BUNDLES[name] : isScope(name) ? [name] : []));
  return new Set(scopes.flatMap((scope) => [scope, ...(INCLUDES[scope] ?? [])]));
}

const isScope = (name: string): name is ApiKeyScope => API_KEY_SCOPES.includes(name as ApiKeyScope);
const isBundle = (name: string): name is ScopeBundle => Object.hasOwn(SCOPE_BUNDLES, name);
