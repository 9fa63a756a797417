-- AlterTable
ALTER TABLE "calendars" ADD COLUMN     "cover_fallbacks" JSONB NOT NULL DEFAULT '{"byTag": {}, "otherwise": null}';

-- CreateTable
CREATE TABLE "cover_uploads" (
    "content_hash" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "luma_url" TEXT NOT NULL,
    "uploaded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cover_uploads_pkey" PRIMARY KEY ("content_hash")
);
