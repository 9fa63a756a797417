import type { Database } from '../database.js';

export interface CoverUpload {
  /** SHA-256 of the bytes, lower-case hex. */
  contentHash: string;
  contentType: string;
  bytes: number;
  /** Address on Luma's image host. */
  lumaUrl: string;
}

/** Which images are on Luma's host already. They stay there, so a row is good for ever and for every calendar. */
export interface CoverStore {
  findUpload(contentHash: string): Promise<string | null>;
  /** @returns the address to use: the earlier one when another run was quicker. */
  noteUpload(upload: CoverUpload): Promise<string>;
}

export function createCoverStore(db: Database): CoverStore {
  const findUpload: CoverStore['findUpload'] = async (contentHash) =>
    (await db.coverUpload.findUnique({ where: { contentHash }, select: { lumaUrl: true } }))?.lumaUrl ?? null;
  return {
    findUpload,
    async noteUpload(upload) {
      await db.coverUpload.createMany({ data: [upload], skipDuplicates: true });
      return (await findUpload(upload.contentHash)) ?? upload.lumaUrl;
    },
  };
}
