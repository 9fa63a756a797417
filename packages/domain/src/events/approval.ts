export type HostRole = 'citizen' | 'founder' | 'admin';

/**
 * Founders and admins publish at once, citizens when an admin approves. Without a host the app itself vouches for the event.
 */
export function decideApproval(role: HostRole | null): 'approved' | 'pending' {
  return role === 'citizen' ? 'pending' : 'approved';
}
