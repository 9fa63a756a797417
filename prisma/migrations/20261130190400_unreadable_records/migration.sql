-- AlterTable
ALTER TABLE "guest_pages" ADD COLUMN     "unread_ids" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "unreadable_records" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "calendar_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "luma_id" TEXT,
    "record_key" TEXT NOT NULL,
    "luma_event_id" TEXT,
    "is_taken" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "problems" JSONB NOT NULL,
    "raw" JSONB,
    "is_raw_whole" BOOLEAN NOT NULL DEFAULT true,
    "reading_version" INTEGER NOT NULL,
    "seen_since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_last" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_count" INTEGER NOT NULL DEFAULT 1,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "unreadable_records_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "unreadable_records_open" ON "unreadable_records"("luma_id") WHERE (resolved_at IS NULL);

-- CreateIndex
CREATE INDEX "unreadable_records_luma_event_id_idx" ON "unreadable_records"("luma_event_id");

-- CreateIndex
CREATE INDEX "unreadable_records_seen_last_idx" ON "unreadable_records"("seen_last");

-- CreateIndex
CREATE UNIQUE INDEX "unreadable_records_calendar_id_kind_record_key_key" ON "unreadable_records"("calendar_id", "kind", "record_key");

-- AddForeignKey
ALTER TABLE "unreadable_records" ADD CONSTRAINT "unreadable_records_calendar_id_fkey" FOREIGN KEY ("calendar_id") REFERENCES "calendars"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Moments outside of four-digit years could be stored and not read back: every list that held one failed.
UPDATE "events" SET "starts_at" = least(greatest("starts_at", '0001-01-01 00:00:00+00'), '9999-12-31 23:59:59.999+00')
WHERE "starts_at" > '9999-12-31 23:59:59.999+00' OR "starts_at" < '0001-01-01 00:00:00+00';
UPDATE "events" SET "ends_at" = least(greatest("ends_at", '0001-01-01 00:00:00+00'), '9999-12-31 23:59:59.999+00')
WHERE "ends_at" > '9999-12-31 23:59:59.999+00' OR "ends_at" < '0001-01-01 00:00:00+00';
UPDATE "rsvps" SET "checked_in_at" = NULL
WHERE "checked_in_at" > '9999-12-31 23:59:59.999+00' OR "checked_in_at" < '0001-01-01 00:00:00+00';
