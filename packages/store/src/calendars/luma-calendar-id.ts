import type { Db } from '../database.js';

/** Keeps what Luma says the key belongs to. @returns false when another calendar holds that id already. */
export async function setLumaCalendarId(tx: Db, id: string, lumaCalendarId: string): Promise<boolean> {
  const other = await tx.calendar.findUnique({ where: { lumaCalendarId }, select: { id: true } });
  if (other !== null) return other.id === id;
  await tx.calendar.update({ where: { id }, data: { lumaCalendarId } });
  return true;
}
