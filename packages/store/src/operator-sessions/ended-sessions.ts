import type { Db } from '../database.js';

/**
 * Ends an operator's session for every process; repeating it changes nothing. What has run out by itself is forgotten
 * on the way.
 */
export async function endSession(db: Db, session: { hash: string; expiresAt: Date }): Promise<void> {
  await db.$executeRaw`delete from revoked_sessions where expires_at < now()`;
  await db.revokedSession.createMany({
    data: [{ sessionHash: session.hash, expiresAt: session.expiresAt }],
    skipDuplicates: true,
  });
}

export async function isSessionEnded(db: Db, hash: string): Promise<boolean> {
  return (await db.revokedSession.count({ where: { sessionHash: hash } })) > 0;
}
