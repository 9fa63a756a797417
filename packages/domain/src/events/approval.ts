/** Of a calendar that names no others, and of an event that no calendar takes yet. */
export const PUBLISHING_ROLES: readonly string[] = ['admin'];

/**
 * The event of a host waits for an approval, unless the host's role is one of those that publish. Where the app names
 * no host, or no role, it vouches for the event itself.
 *
 * @param publishingRoles Of the calendar that the event goes to, as the app spells them.
 */
export function decideApproval(role: string | null, publishingRoles: readonly string[]): 'approved' | 'pending' {
  return role === null || publishingRoles.includes(role) ? 'approved' : 'pending';
}
