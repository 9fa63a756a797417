-- AlterTable
ALTER TABLE "calendars" ADD COLUMN     "backfilled_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "absences_last_missing_at_idx" ON "absences"("last_missing_at");

-- CreateIndex
CREATE INDEX "event_cancellations_created_at_idx" ON "event_cancellations"("created_at");

-- Calendars that a backfill was carried out for are known already.
UPDATE "calendars" c SET "backfilled_at" = (
  SELECT max(p."finished_at") FROM "backfill_plans" p
  WHERE p."calendar_id" = c."id" AND p."state" = 'applied' AND p."starts_after" <= p."created_at"
);
